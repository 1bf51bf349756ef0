import { describe, expect, it } from 'vitest'

import { createMetrics } from '../../../src/metrics/collector.ts'
import type { Sample } from '../../../src/metrics/sample.ts'
import { memoryCache } from '../../support/memory-cache.ts'

const valueOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) =>
  samples
    .filter((sample) => sample.instrument.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .map((sample) => ('value' in sample ? sample.value : sample.counts))[0]

describe('the collector', () => {
  it('gives the families of a cache and the names that were declared a label each', async () => {
    const { cache, clock } = memoryCache()
    const metrics = createMetrics({ cache, families: ['plain'], clock })
    const users = cache.family('users', { load: (id: number) => ({ id }) })
    await users.get(1)
    await users.get(1)
    await cache.getOrSet('plain:1', () => 1)
    await cache.getOrSet('undeclared:1', () => 1)
    const samples = metrics.read()
    expect(valueOf(samples, 'gets_total', { cache: 'users', result: 'hit' })).toBe(1)
    expect(valueOf(samples, 'gets_total', { cache: 'plain', result: 'miss' })).toBe(1)
    expect(valueOf(samples, 'gets_total', { cache: 'other', result: 'miss' })).toBe(1)
    expect(samples.flatMap(({ labels }) => Object.values(labels))).not.toContain('undeclared')
  })

  it('tells why loads were begun', async () => {
    const { cache, clock } = memoryCache()
    const metrics = createMetrics({ cache, families: ['f'], clock })
    await cache.warm([{ name: 'step', entries: [{ key: 'f:1', load: () => 1, ttl: '1s', grace: '1h' }] }])
    clock.advance(2000)
    await cache.getOrSet('f:1', () => 2, { ttl: '1s', grace: '1h' })
    await cache.getOrSet('f:2', () => 2)
    const samples = metrics.read()
    expect(['warm', 'refresh', 'miss'].map((trigger) => valueOf(samples, 'loads_total', { trigger }))).toEqual([
      1, 1, 1,
    ])
  })

  it('tells how the cache stands', () => {
    const { cache, clock } = memoryCache({ bound: '3s' })
    const samples = createMetrics({ cache, clock }).read()
    expect(valueOf(samples, 'staleness_bound_seconds')).toBe(3)
    expect(valueOf(samples, 'ready')).toBe(1)
    expect(valueOf(samples, 'enabled')).toBe(1)
    expect(valueOf(samples, 'redis_up')).toBeUndefined()
  })

  it('tells observers the family of each observation', async () => {
    const { cache, clock } = memoryCache()
    const metrics = createMetrics({ cache, families: ['f'], clock })
    const told: string[] = []
    const stop = metrics.onObserve(
      (name, { cache: family }, _value, times) => void told.push(`${name} ${family} ${times}`),
    )
    await cache.getOrSet('f:1', () => 1)
    stop()
    await cache.getOrSet('f:1', () => 1)
    expect(told).toEqual(['load_duration_seconds f 1', 'get_duration_seconds f 1'])
  })

  it('counts nothing more after it was closed', async () => {
    const { cache, clock } = memoryCache()
    const metrics = createMetrics({ cache, clock })
    metrics.close()
    await cache.getOrSet('a', () => 1)
    expect(valueOf(metrics.read(), 'gets_total', { result: 'miss' })).toBe(0)
  })

  it('refuses a prefix that cannot begin a name', () => {
    const { cache } = memoryCache()
    expect(() => createMetrics({ cache, prefix: 'my-app.' })).toThrow(/prefix must be letters/)
  })
})
