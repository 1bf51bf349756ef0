/** Entries as the cache writes them, put into Redis by plain SETs: a million of them take seconds instead of minutes. */
import { Redis as Client } from 'ioredis'

import { encodeEntry } from '../../src/codec/entry.ts'
import { decodeHeader } from '../../src/codec/header.ts'
import { serialise } from '../../src/codec/serialise.ts'
import { entryKey } from '../../src/keys/redis-key.ts'

export interface FilledEntry {
  readonly key: string
  readonly tags: readonly string[]
  readonly value: unknown
}

const AT_ONCE = 5000
const LIFE_MS = 3_600_000
const MAX_TEXT_BYTES = 65_536

/**
 * Writes entries that are as current as the one at `alike` is, which the cache itself has written: they get its stamp.
 *
 * @throws Error when Redis refuses one, such as for want of memory
 */
export async function fillEntries(
  { port, namespace, alike }: { readonly port: number; readonly namespace: string; readonly alike: string },
  entries: Iterable<FilledEntry>,
): Promise<number> {
  const client = new Client({ host: '127.0.0.1', port, enableReadyCheck: false })
  const model = await client.getBuffer(entryKey(namespace, alike))
  if (!model) throw new Error(`There is no entry ${alike} to be like`)
  const { stamp } = decodeHeader(model)
  const goneAtMs = Date.now() + LIFE_MS
  let count = 0
  let pipeline = client.pipeline()
  const send = async (): Promise<void> => {
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
    pipeline = client.pipeline()
  }
  for (const { key, tags, value } of entries) {
    const header = { stamp, tags, freshUntilMs: goneAtMs, goneAtMs, loadCostMs: 1 }
    pipeline.set(entryKey(namespace, key), encodeEntry(header, serialise(value, MAX_TEXT_BYTES)), 'PX', LIFE_MS)
    count += 1
    if (count % AT_ONCE === 0) await send()
  }
  await send()
  client.disconnect()
  return count
}
