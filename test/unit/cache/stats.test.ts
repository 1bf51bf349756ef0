import { describe, expect, it } from 'vitest'

import { createStatsCounter } from '../../../src/cache/stats.ts'
import { memoryCache, turn } from '../../support/memory-cache.ts'

describe('the stats of a cache', () => {
  it('count what it did, and tell what it keeps', async () => {
    const { cache, clock } = memoryCache({ maxEntryBytes: 1000 })
    const options = { ttl: '1h', grace: '1h' } as const
    await cache.getOrSet('a', () => 1, options)
    await cache.getOrSet('a', () => 1, options)
    await cache.getOrSet('long', () => 'x'.repeat(1001))
    await cache.get('absent')
    await expect(cache.getOrSet('bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await Promise.all([1, 2].map(() => cache.getOrSet('both', () => turn().then(() => 2))))
    clock.advance(3_600_000)
    await cache.getOrSet('a', () => 2, options)
    await turn()
    await cache.invalidate({ tags: ['t'] })
    expect(cache.stats()).toMatchObject({
      hits: { l1: 1, l2: 0 },
      stale: 1,
      misses: 6,
      bypassed: 0,
      hitRatio: 2 / 8,
      loads: { ok: 4, error: 1, timeout: 0 },
      joined: { process: 1, fleet: 0 },
      refreshes: 1,
      shed: 0,
      fills: { 'not-stored': 1 },
      invalidations: { acknowledged: 1, queued: 0 },
      errors: 0,
      memory: { entries: 2 },
    })
  })

  it('have no ratio before the first read', () => {
    expect(createStatsCounter().snapshot({ entries: 0, bytes: 0, evicted: 0 }).hitRatio).toBe(0)
  })

  it('tell hits in Redis and reads past it apart', () => {
    const counter = createStatsCounter()
    counter.count({ type: 'read', key: 'a', result: 'hit', tier: 'l2', durationMs: 1 })
    counter.count({ type: 'read', key: 'a', result: 'bypass', tier: 'none', durationMs: 1 })
    counter.count({ type: 'invalidation', id: 'i', kinds: ['key'], acknowledged: false })
    expect(counter.snapshot({ entries: 0, bytes: 0, evicted: 0 })).toMatchObject({
      hits: { l2: 1 },
      bypassed: 1,
      hitRatio: 1,
      invalidations: { queued: 1 },
    })
  })
})
