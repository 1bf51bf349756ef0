/** Asks a Redis, and its sentinels, how it is fenced. What may not be asked, or is not answered, stays unknown. */
import { openSentinel } from './client.ts'
import type { Send } from './connection.ts'
import { failureOf } from './failure.ts'
import type { FenceFacts } from './fence.ts'
import { parseInfo } from './info.ts'
import type { ResolvedRedisOptions } from './options.ts'

/** `mostSeen`: replicas found earlier. @throws StoreError when Redis itself does not answer */
export async function fenceFacts(options: ResolvedRedisOptions, send: Send, mostSeen: number): Promise<FenceFacts> {
  const { target, commandTimeoutMs } = options
  if (target.kind === 'cluster') return { kind: 'cluster', replicas: 0 }
  const kind = target.kind === 'sentinel' ? 'sentinel' : 'standalone'
  const info = await send('INFO', commandTimeoutMs, (client) => client.info('replication'))
  const sentinel = kind === 'sentinel' ? await askSentinels(options) : undefined
  const replicas = Math.max(mostSeen, parseInfo(info).replicas ?? 0, sentinel?.get('num-slaves') ?? 0)
  // Nothing to ask, and nothing for the ACL log of a server whose user may not.
  if (replicas === 0) return { kind, replicas }
  const settings = await allowed(send('CONFIG', commandTimeoutMs, (client) => client.config('GET', 'min-replicas-*')))
  const known = fieldsOf(settings)
  return {
    kind,
    replicas,
    ...number(known.get('min-replicas-to-write'), 'minReplicas', 1),
    ...number(known.get('min-replicas-max-lag'), 'maxLagMs', 1000),
    ...number(sentinel?.get('down-after-milliseconds'), 'downAfterMs', 1),
  }
}

async function askSentinels(options: ResolvedRedisOptions): Promise<ReadonlyMap<string, number>> {
  const { target } = options
  if (target.kind !== 'sentinel') return new Map()
  for (const place of target.sentinels) {
    const sentinel = openSentinel(options, place, target.sentinelCredentials)
    try {
      const reply = await allowed(sentinel.call('SENTINEL', 'MASTER', target.serviceName))
      if (reply !== undefined) return fieldsOf(reply)
    } finally {
      sentinel.disconnect()
    }
  }
  return new Map()
}

/** Undefined where Redis refused or did not answer. */
async function allowed(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    if (failureOf(error) === undefined) throw error
    return undefined
  }
}

function fieldsOf(flat: unknown): ReadonlyMap<string, number> {
  const fields = new Map<string, number>()
  if (!Array.isArray(flat)) return fields
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), Number(flat[at + 1]))
  return fields
}

function number(value: number | undefined, name: keyof FenceFacts, unit: number): Partial<FenceFacts> {
  return value === undefined || !Number.isFinite(value) ? {} : { [name]: value * unit }
}
