/**
 * Pages through keys. A cluster has no SCAN of its own: its primaries are scanned one after the other, in the order of
 * their addresses. Where a scan goes on is a text, so whoever scans can stop, and go on after a failure.
 */
import { Cluster, type Redis as Client } from 'ioredis'

import type { AnyClient } from './client.ts'
import type { KeyPage } from './redis.ts'

/** `place` is a cursor; in a cluster, the address of a primary and a cursor of its own. */
export async function scanKeys(
  client: AnyClient,
  pattern: string,
  count: number,
  place: string | undefined,
): Promise<KeyPage> {
  if (!(client instanceof Cluster)) {
    const { cursor, keys } = await scan(client, place ?? '0', pattern, count)
    return { keys, next: cursor === '0' ? undefined : cursor }
  }
  const primaries = byAddress(client)
  const [address = '', from = '0'] = place?.split(' ') ?? []
  // A primary that is gone since is passed over: its slots are another one's now, which may have been scanned already.
  const at = primaries.findIndex((primary) => primary.address >= address)
  const primary = primaries[at]
  if (!primary) return { keys: [], next: undefined }
  const { cursor, keys } = await scan(primary.node, primary.address === address ? from : '0', pattern, count)
  const following = primaries[at + 1]
  if (cursor !== '0') return { keys, next: `${primary.address} ${cursor}` }
  return { keys, next: following && `${following.address} 0` }
}

function byAddress(cluster: Cluster): { address: string; node: Client }[] {
  return cluster
    .nodes('master')
    .map((node) => ({ address: `${node.options.host}:${node.options.port}`, node }))
    .sort((left, right) => (left.address < right.address ? -1 : 1))
}

async function scan(
  client: Client,
  from: string,
  pattern: string,
  count: number,
): Promise<{ cursor: string; keys: string[] }> {
  const [cursor, keys] = await client.scan(from, 'MATCH', pattern, 'COUNT', count)
  return { cursor, keys }
}
