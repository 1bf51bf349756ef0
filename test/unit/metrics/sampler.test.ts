import { describe, expect, it } from 'vitest'

import { createMetrics } from '../../../src/metrics/collector.ts'
import { createSampler } from '../../../src/metrics/sampler.ts'
import { memoryCache } from '../../support/memory-cache.ts'

function sampled() {
  const { cache, clock } = memoryCache()
  const metrics = createMetrics({ cache, families: ['f'], clock })
  let readings = 0
  const counting = {
    ...metrics,
    read: () => {
      readings += 1
      return metrics.read()
    },
  }
  return { cache, clock, sampler: createSampler({ metrics: counting, cache, clock }), readings: () => readings }
}

describe('the sampler', () => {
  it('takes one snapshot a second, however many look at it', () => {
    const { clock, sampler, readings } = sampled()
    for (let viewer = 0; viewer < 50; viewer += 1) sampler.on(() => undefined)
    for (let look = 0; look < 100; look += 1) sampler.snapshot()
    clock.advance(10_000)
    expect(readings()).toBe(11)
    sampler.close()
  })

  it('keeps totals and families, and latencies of the last five minutes only', async () => {
    const { cache, clock, sampler } = sampled()
    await cache.getOrSet('f:1', () => 1)
    await cache.getOrSet('f:1', () => 1)
    clock.advance(1000)
    const [family] = sampler.snapshot().families
    expect(family).toMatchObject({
      name: 'f',
      misses: 1,
      hits: { l1: 1 },
      hitRatio: 0.5,
      loads: { ok: 1 },
      loadsAvoided: 1,
    })
    expect(sampler.snapshot().latency.within5Ms).toBe(1)
    clock.advance(310_000)
    expect(sampler.snapshot().latency.p50Ms).toBeUndefined()
    expect(sampler.snapshot().totals.misses).toBe(1)
    sampler.close()
  })

  it('tells each snapshot to those who listen, until it is closed', () => {
    const { clock, sampler } = sampled()
    const told: number[] = []
    sampler.on(({ atMs }) => told.push(atMs))
    clock.advance(3000)
    sampler.close()
    clock.advance(3000)
    expect(told).toHaveLength(3)
    expect(sampler.history('5m')).toHaveLength(4)
  })
})
