import type { Redis } from '../redis/redis.ts'
import { byWords } from './cache-counts.ts'
import { instrument } from './catalogue.ts'
import { increment } from './family-counts.ts'
import type { Labels, Sample } from './sample.ts'

export interface RedisCounts {
  read(): IterableIterator<Sample>
  close(): void
}

const STATES = ['ok', 'degraded', 'down', 'unknown'] as const

/**
 * What a Redis told, and how it stands by its health monitor's last check. Asks Redis nothing: a scrape costs it no command,
 * and what INFO says is as old as that check.
 */
export function createRedisCounts(redis: Pick<Redis, 'on' | 'health'>): RedisCounts {
  const transitions = new Map<string, number>()
  const lost = new Map<string, number>()
  const failures = new Map<string, number>()
  let ready = 0
  const close = redis.on((event) => {
    switch (event.type) {
      case 'breaker':
        increment(transitions, event.to)
        break
      case 'connection-ready':
        ready += 1
        break
      case 'connection-lost':
        increment(lost, event.failure)
        break
      case 'command-failed':
        increment(failures, event.failure)
        break
      default:
    }
  })
  return {
    *read() {
      yield* byWords('circuit_transitions_total', transitions)
      yield one('reconnects_total', ready)
      yield* byWords('connections_lost_total', lost)
      yield* byWords('redis_command_failures_total', failures)
      yield* standing(redis.health())
    },
    close,
  }
}

function* standing({ state, server, connections, ...health }: ReturnType<Redis['health']>): IterableIterator<Sample> {
  // Before the first check has ended nothing is known, and an alarm would be a guess.
  if (state !== 'unknown') yield one('redis_up', state === 'down' || health.problems.length > 0 ? 0 : 1)
  for (const each of STATES) yield one('redis_state', each === state ? 1 : 0, { state: each })
  if (health.readMs !== undefined) yield one('redis_probe_seconds', health.readMs / 1000, { op: 'read' })
  if (health.writeMs !== undefined) yield one('redis_probe_seconds', health.writeMs / 1000, { op: 'write' })
  yield one('circuit_open', health.breaker === 'closed' ? 0 : 1)
  yield one('pool_connections', connections.ready, { state: 'ready' })
  yield one('pool_connections', connections.open - connections.ready, { state: 'connecting' })
  yield one('pool_connections_max', connections.max)
  yield one('pool_pending', connections.inFlight)
  if (server.usedMemoryBytes !== undefined) yield one('redis_memory_used_bytes', server.usedMemoryBytes)
  if (server.maxMemoryBytes !== undefined) yield one('redis_memory_max_bytes', server.maxMemoryBytes)
  if (server.evictedKeys !== undefined) yield one('redis_evicted_keys_total', server.evictedKeys)
  if (server.evictionPolicy !== undefined) {
    yield one('redis_maxmemory_policy_info', 1, { policy: server.evictionPolicy })
  }
}

function one(name: string, value: number, labels: Labels = {}): Sample {
  return { instrument: instrument(name), labels, value }
}
