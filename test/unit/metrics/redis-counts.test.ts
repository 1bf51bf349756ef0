import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { createRedisCounts } from '../../../src/metrics/redis-counts.ts'
import { flatten } from '../../../src/metrics/sample.ts'
import type { Redis, RedisEvent, RedisHealth } from '../../../src/index.ts'

function standing(health: Partial<RedisHealth>, told: readonly RedisEvent[] = []) {
  const events = createEmitter<RedisEvent>()
  const counts = createRedisCounts({
    on: (listener) => events.on(listener),
    health: (): ReturnType<Redis['health']> => ({
      state: 'ok',
      problems: [],
      warnings: [],
      checkedAtMs: 0,
      breaker: 'closed',
      server: {},
      ...health,
      connections: { open: 2, ready: 1, inFlight: 3, max: 10 },
    }),
  })
  for (const event of told) events.emit(event)
  const series = [...counts.read()].flatMap(flatten)
  return (name: string, label?: string) =>
    series.find((one) => one.name === name && (label === undefined || Object.values(one.labels).includes(label)))?.value
}

describe('the counts of Redis', () => {
  it('say that it is up only where it answers reads and takes writes', () => {
    expect(standing({ state: 'ok' })('redis_up')).toBe(1)
    expect(standing({ state: 'down', problems: ['gone'] })('redis_up')).toBe(0)
    expect(standing({ state: 'degraded', problems: ['READONLY'] })('redis_up')).toBe(0)
  })

  it('say nothing of a Redis that was not asked yet', () => {
    expect(standing({ state: 'unknown' })('redis_up')).toBeUndefined()
  })

  it('tell connections, the breaker and what INFO said', () => {
    const value = standing(
      { breaker: 'half-open', server: { usedMemoryBytes: 5, maxMemoryBytes: 9, evictionPolicy: 'volatile-ttl' } },
      [
        { type: 'breaker', from: 'closed', to: 'open' },
        { type: 'connection-ready', connection: 'a' },
        { type: 'connection-lost', connection: 'a', failure: 'connection', why: 'reset' },
        { type: 'command-failed', operation: 'GET', failure: 'timeout', why: 'late' },
      ],
    )
    expect(value('circuit_open')).toBe(1)
    expect(value('circuit_transitions_total', 'open')).toBe(1)
    expect(value('reconnects_total')).toBe(1)
    expect(value('connections_lost_total', 'connection')).toBe(1)
    expect(value('redis_command_failures_total', 'timeout')).toBe(1)
    expect(value('pool_connections', 'connecting')).toBe(1)
    expect(value('pool_pending')).toBe(3)
    expect(value('redis_memory_max_bytes')).toBe(9)
    expect(value('redis_maxmemory_policy_info', 'volatile-ttl')).toBe(1)
  })
})
