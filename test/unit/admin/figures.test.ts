import { expect, it } from 'vitest'

import { figuresOf } from '../../../src/admin/figures.ts'
import { createMetrics, createSampler } from '../../../src/index.ts'
import { memoryCache } from '../../support/memory-cache.ts'

it('says nothing before there is something to say, and then what happened lately', async () => {
  const { cache, clock } = memoryCache()
  const metrics = createMetrics({ cache, clock })
  const sampler = createSampler({ metrics, cache, clock })
  const figures = figuresOf(sampler)
  expect([figures.recent(), figures.latest(), figures.history('5m').points]).toEqual([null, undefined, []])
  const family = cache.family('items', { load: (id: number) => ({ id }) })
  for (const id of [1, 2, 1, 1]) await family.get(id)
  clock.advance(2000)
  const recent = figures.recent()
  expect([recent?.hitRatio, recent?.readsPerSecond, recent?.loadsPerSecond]).toEqual([0.5, 2, 1])
  expect(figures.families()).toMatchObject([
    { name: 'items', hits: 2, misses: 2, loads: 2, hitRatio: 0.5, loadsAvoided: 2 },
  ])
  expect(figures.history('5m').points.length).toBeGreaterThan(0)
  clock.advance(2000)
  expect(figures.latest()).toMatchObject({ hitRatio: null, readsPerSecond: 0 })
  sampler.close()
  metrics.close()
})
