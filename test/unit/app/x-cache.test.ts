import { createCache } from 'holdfast'
import { describe, expect, it } from 'vitest'

import { cacheHeaders, createTrace, runTraced, traceCache } from '../../../app/src/x-cache.ts'

describe('cacheHeaders', () => {
  it('says nothing when the cache was not read', () => {
    expect(cacheHeaders(createTrace())).toEqual({})
  })

  const hit = { key: 'a', result: 'hit', tier: 'l1', durationMs: 0.1234 } as const
  const miss = { key: 'b', result: 'miss', tier: 'none', durationMs: 6 } as const

  it('says where a hit came from and how long it took', () => {
    expect(cacheHeaders({ reads: [hit], loadMs: new Map() })).toEqual({
      'X-Cache': 'hit',
      'Server-Timing': 'cache;desc="l1";dur=0.12',
    })
  })

  it('tells the time of the database apart from the time of the cache', () => {
    expect(cacheHeaders({ reads: [miss], loadMs: new Map([['b', 5.1]]) })).toEqual({
      'X-Cache': 'miss',
      'Server-Timing': 'cache;desc="miss";dur=0.90, db;dur=5.10',
    })
  })

  it('takes the longest of the reads that ran at once', () => {
    const other = { ...miss, key: 'c', durationMs: 8 }
    const loadMs = new Map([
      ['b', 5.1],
      ['c', 7.5],
    ])
    expect(cacheHeaders({ reads: [hit, miss, other], loadMs })['Server-Timing']).toBe(
      'cache;desc="l1+miss";dur=0.90, db;dur=7.50',
    )
  })

  it('names the least favourable of several reads', () => {
    const of = (result: 'hit' | 'stale' | 'miss' | 'bypass') =>
      cacheHeaders({ reads: [hit, { ...miss, result }], loadMs: new Map() })['X-Cache']
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
