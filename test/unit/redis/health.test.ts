import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { StoreError } from '../../../src/base/errors.ts'
import type { BreakerStateName, RedisEvent, RedisHealth } from '../../../src/redis/events.ts'
import { startHealthMonitor, type HealthProbes } from '../../../src/redis/health.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const INFO = 'redis_version:7.2.4\r\nrole:master\r\nmaxmemory:1000000\r\nmaxmemory_policy:volatile-ttl'
const away = new StoreError('connection', 'away')
const readonly = new StoreError('readonly', 'takes no writes')

async function monitoring(changes: Partial<HealthProbes> = {}) {
  const clock = fakeClock()
  const events = createEmitter<RedisEvent>()
  const told: RedisHealth[] = []
  events.on((event) => {
    if (event.type === 'health') told.push(event.health)
  })
  const probes = { read: async () => undefined, write: async () => undefined, info: async () => INFO, ...changes }
  const breaker: { state: BreakerStateName; refusal(): undefined; run<T>(work: () => Promise<T>): Promise<T> } = {
    state: 'closed',
    refusal: () => undefined,
    run: (work) => work(),
  }
  const monitor = startHealthMonitor({ clock, events, breaker, address: 'redis://cache', probes, intervalMs: 5000 })
  /** Lets the probes under way answer. */
  const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
  const before = monitor.last()
  await settled()
  return { monitor, probes, breaker, clock, told, before, settled }
}

describe('the health of a Redis', () => {
  it('is unknown before the first check, and good when it reads and writes', async () => {
    const { before, monitor, told } = await monitoring()
    expect(before).toMatchObject({ state: 'unknown', problems: [] })
    expect(monitor.last()).toEqual({
      state: 'ok',
      problems: [],
      warnings: [],
      checkedAtMs: before.checkedAtMs,
      readMs: 0,
      writeMs: 0,
      breaker: 'closed',
      server: { version: '7.2.4', role: 'master', maxMemoryBytes: 1_000_000, evictionPolicy: 'volatile-ttl' },
    })
    expect(told).toHaveLength(1)
  })

  it('measures how long its probes take', async () => {
    const { monitor, probes, clock } = await monitoring()
    probes.read = async () => clock.advance(3)
    expect(await monitor.check()).toMatchObject({ readMs: 3 })
  })

  it('is degraded when it reads and does not write, with the sentence of its failure', async () => {
    const { monitor } = await monitoring({ write: () => Promise.reject(readonly) })
    expect(monitor.last()).toMatchObject({ state: 'degraded', problems: ['takes no writes'], readMs: 0 })
    expect(monitor.last()).not.toHaveProperty('writeMs')
  })

  it('is degraded while its breaker is not closed', async () => {
    const { monitor, breaker } = await monitoring()
    breaker.state = 'open'
    expect(monitor.last()).toMatchObject({ state: 'ok', breaker: 'open' })
    expect(await monitor.check()).toMatchObject({ state: 'degraded', breaker: 'open' })
  })

  it('is down when it does not read, and says one problem once', async () => {
    const lost = () => Promise.reject(away)
    const { monitor } = await monitoring({ read: lost, write: lost, info: lost })
    expect(monitor.last()).toMatchObject({ state: 'down', problems: ['away'], server: {} })
  })

  it('is degraded on a server that is too old, whatever it answers', async () => {
    const { monitor } = await monitoring({ info: async () => 'redis_version:6.2.14\r\n' })
    const problem = 'Redis at redis://cache is of version 6.2.14, and Holdfast needs 7.0 or later, or Valkey'
    expect(monitor.last()).toMatchObject({ state: 'degraded', problems: [problem] })
  })

  it('is judged without INFO where the user may not run it', async () => {
    const { monitor } = await monitoring({ info: () => Promise.reject(new StoreError('permission', 'NOPERM')) })
    expect(monitor.last()).toMatchObject({ state: 'ok', warnings: [], server: {} })
  })

  it('comes with warnings: a replica, an eviction that may take the log, memory without a limit', async () => {
    const info = 'role:slave\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru'
    const { monitor } = await monitoring({ info: async () => info })
    expect(monitor.last()).toMatchObject({
      state: 'ok',
      warnings: [
        expect.stringContaining('is a replica'),
        expect.stringContaining('maxmemory-policy is allkeys-lru'),
        expect.stringContaining('maxmemory is not set'),
      ],
    })
  })
})

describe('the health monitor', () => {
  it('checks at its interval and tells each change once', async () => {
    const { probes, clock, told, settled } = await monitoring()
    const next = async (): Promise<void> => {
      clock.advance(5000)
      await settled()
    }
    await next()
    expect(told).toHaveLength(1)
    probes.write = () => Promise.reject(readonly)
    await next()
    await next()
    probes.read = () => Promise.reject(away)
    await next()
    probes.read = async () => undefined
    probes.write = async () => undefined
    await next()
    expect(told.map(({ state }) => state)).toEqual(['ok', 'degraded', 'down', 'ok'])
  })

  it('does not check again once it is closed, and tells nothing of a check under way', async () => {
    const { monitor, probes, clock, told, settled } = await monitoring()
    let checks = 0
    probes.read = async () => void (checks += 1)
    const answer = Promise.withResolvers<undefined>()
    probes.write = () => answer.promise
    clock.advance(5000)
    monitor.close()
    answer.reject(readonly)
    await settled()
    clock.advance(20_000)
    await settled()
    expect(checks).toBe(1)
    expect(told).toHaveLength(1)
  })

  it('lets a bug through', async () => {
    const { monitor, probes } = await monitoring()
    probes.read = () => Promise.reject(new TypeError('a bug'))
    await expect(monitor.check()).rejects.toThrow(new TypeError('a bug'))
  })
})
