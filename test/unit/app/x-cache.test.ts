import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { cacheHeaders, createTrace, runTraced, traceCache } from '../../../app/src/x-cache.ts'

describe('cacheHeaders', () => {
  it('says nothing when the cache was not read', () => {
    expect(cacheHeaders(createTrace())).toEqual({})
  })

  it('says where a hit came from and how long it took', () => {
    expect(cacheHeaders({ reads: [{ result: 'hit', tier: 'l1', durationMs: 0.1234 }], loadMs: 0 })).toEqual({
      'X-Cache': 'hit',
      'Server-Timing': 'cache;desc="l1";dur=0.12',
    })
  })

  it('tells the time of the database apart from the time of the cache', () => {
    expect(cacheHeaders({ reads: [{ result: 'miss', tier: 'none', durationMs: 6 }], loadMs: 5.1 })).toEqual({
      'X-Cache': 'miss',
      'Server-Timing': 'cache;desc="miss";dur=0.90, db;dur=5.10',
    })
  })

  it('names the least favourable of several reads', () => {
    const hit = { result: 'hit', tier: 'l2', durationMs: 1 } as const
    const of = (result: 'hit' | 'stale' | 'miss' | 'bypass') =>
      cacheHeaders({ reads: [hit, { result, tier: 'none', durationMs: 1 }], loadMs: 0 })['X-Cache']
    expect([of('hit'), of('stale'), of('miss'), of('bypass')]).toEqual(['hit', 'stale', 'miss', 'bypass'])
  })
})

describe('traceCache', () => {
  it('records in each context what the cache did there, and nothing of others', async () => {
    await using cache = createCache({ redis: null, namespace: 'x-cache' })
    const stop = traceCache(cache)
    const [first, second] = [createTrace(), createTrace()]
    await runTraced(first, () => cache.getOrSet('a', () => 1))
    await Promise.all([
      runTraced(first, () => cache.getOrSet('a', () => 1)),
      runTraced(second, () => cache.getOrSet('b', () => 1)),
      cache.getOrSet('c', () => 1),
    ])
    expect(first.reads.map(({ result }) => result)).toEqual(['miss', 'hit'])
    expect(second.reads.map(({ result }) => result)).toEqual(['miss'])

    stop()
    await runTraced(first, () => cache.getOrSet('a', () => 1))
    expect(first.reads).toHaveLength(2)
  })
})
