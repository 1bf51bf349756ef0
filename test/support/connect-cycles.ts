/*
 * Connecting and disconnecting, over and over, and what is left of it: in this process and at the server.
 */
import { createRedis, type RedisOptions } from '../../src/index.ts'
import type { Admin } from './redis-admin.ts'

export interface Leftovers {
  /** Sockets and timers of this process, by kind, as Node counts them. */
  readonly resources: Readonly<Record<string, number>>
  /** Listeners on the process, which a client might add. */
  readonly processListeners: number
  /** Connections that the server has, that of the one who asks included. */
  readonly serverClients: number
}

/** Connects, uses everything that has a connection of its own, and closes: `cycles` times, `atOnce` of them together. */
export async function connectCycles(options: RedisOptions, cycles: number, atOnce = 20): Promise<void> {
  for (let begun = 0; begun < cycles; begun += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, cycles - begun) }, () => cycle(options)))
  }
}

async function cycle(options: RedisOptions): Promise<void> {
  await using redis = createRedis({ ...options, readTimeout: '5s' })
  await redis.ready()
  const reader = redis.openStreamReader()
  redis.subscribe('hf:cycles', () => undefined)
  await Promise.all([redis.get('hf:cycles'), reader.readAfter('hf:no-stream', '0-0', 1)])
}

export async function leftovers(admin: Admin): Promise<Leftovers> {
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  const processListeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const serverClients = String(await admin.call('CLIENT', 'LIST'))
    .trim()
    .split('\n').length
  return { resources, processListeners, serverClients }
}

/** What there is more of than before, as "kind before → now". Fewer is no leak: the test runner's own timers come and go. */
export function leaked(before: Leftovers, now: Leftovers): string[] {
  const counts = (left: Leftovers): Record<string, number> => ({
    ...left.resources,
    'process listeners': left.processListeners,
    'server clients': left.serverClients,
  })
  const earlier = counts(before)
  return Object.entries(counts(now))
    .filter(([kind, count]) => count > (earlier[kind] ?? 0))
    .map(([kind, count]) => `${kind} ${earlier[kind] ?? 0} → ${count}`)
}
