import { describe, expect, it } from 'vitest'

import { held, memoryCache, turn } from '../../support/memory-cache.ts'

describe('the limit on loads', () => {
  it('lets so many of one source run at once, and the others take their turns in order', async () => {
    const { cache } = memoryCache({ loads: { maxLoads: 2 } })
    const { loader, calls } = held<number>()
    const reads = ['a', 'b', 'c', 'd'].map((key) => cache.getOrSet(key, loader))
    await turn()
    expect(calls).toHaveLength(2)
    calls[0]?.(1)
    await turn()
    expect(calls).toHaveLength(3)
    expect(await reads[0]).toBe(1)
    for (const at of [1, 2]) calls[at]?.(at + 1)
    await turn()
    calls[3]?.(4)
    expect(await Promise.all(reads)).toEqual([1, 2, 3, 4])
  })

  it('counts each source by itself', async () => {
    const { cache } = memoryCache({ loads: { maxLoads: 1 }, sources: { wide: { maxLoads: 2 } } })
    const { loader, calls } = held<number>()
    for (const key of ['a', 'b']) void cache.getOrSet(key, loader)
    for (const key of ['c', 'd', 'e']) void cache.getOrSet(key, loader, { source: 'wide' })
    await turn()
    expect(calls).toHaveLength(1 + 2)
  })

  it('frees the place of a load that failed', async () => {
    const { cache } = memoryCache({ loads: { maxLoads: 1 } })
    const first = cache.getOrSet('a', () => Promise.reject(new Error('no')))
    const second = cache.getOrSet('b', () => 'loaded')
    await expect(first).rejects.toThrow('no')
    expect(await second).toBe('loaded')
  })

  it('refuses what would wait behind too many, or has waited too long, and the source is not asked', async () => {
    const { cache, clock, transcript } = memoryCache({ loads: { maxLoads: 1, maxWaiting: 1 } })
    const { loader, calls } = held<number>()
    const running = cache.getOrSet('a', loader)
    const waiting = cache.getOrSet('b', loader, { timeout: '2s' })
    await turn()
    await expect(cache.getOrSet('c', loader)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_OVERLOADED' })
    clock.advance(2000)
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_HOLDFAST_OVERLOADED' })
    expect(transcript.filter((told) => told.startsWith('shed'))).toEqual(['shed c default', 'shed b default'])
    calls[0]?.(1)
    expect(await running).toBe(1)
    expect(calls).toHaveLength(1)
    expect(await cache.getOrSet('b', () => 2), 'and the place is free').toBe(2)
  })

  it('serves a stale value instead of waiting, where one is at hand and may be served', async () => {
    const { cache, transcript } = memoryCache({ loads: { maxLoads: 1 } })
    const options = { staleIfError: '1d' } as const
    await cache.getOrSet('a', () => 'old', options)
    await cache.invalidate({ keys: ['a'] })
    const { loader, calls } = held<string>()
    const busy = cache.getOrSet('b', loader)
    await turn()
    expect(await cache.getOrSet('a', loader, options)).toBe('old')
    expect(transcript.slice(-2)).toEqual(['shed a default', 'read a stale invalidated'])
    calls[0]?.('done')
    await busy
  })

  it('does not let loads inside loads wait for each other for ever', async () => {
    const { cache } = memoryCache({ loads: { maxLoads: 2 } })
    const outer = (key: string) => cache.getOrSet(key, () => cache.getOrSet(`inner of ${key}`, async () => key))
    expect(await Promise.all(['a', 'b', 'c'].map(outer))).toEqual(['a', 'b', 'c'])
  })
})
