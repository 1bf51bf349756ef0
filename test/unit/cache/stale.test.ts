import { describe, expect, it } from 'vitest'

import type { Staleness } from '../../../src/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { held, memoryCache, turn } from '../../support/memory-cache.ts'

const HOUR = 3_600_000

describe('a value in its grace', () => {
  const options = { ttl: '1h', grace: '6h' } as const

  it('is served at once while one caller refreshes it, and the next reader has the new one', async () => {
    const { cache, clock, transcript } = memoryCache()
    await cache.getOrSet('a', () => 'old', options)
    clock.advance(HOUR)
    transcript.length = 0
    const { loader, calls } = held<string>()
    const read = () => cache.getOrSet('a', loader, options)
    expect(await Promise.all([read(), read(), read()])).toEqual(['old', 'old', 'old'])
    expect(calls).toHaveLength(1)
    calls[0]?.('new')
    await turn()
    expect(await read()).toBe('new')
    expect(transcript).toEqual([
      'refresh a expired',
      ...Array.from({ length: 3 }, () => 'read a stale expired'),
      'load a ok',
      'read a hit l1',
    ])
  })

  it('is never served once it was invalidated, by whatever reaches it (H15)', async () => {
    for (const target of [
      { keys: ['a:b'] },
      { tags: ['t'] },
      { pattern: 'a:*' },
      { pattern: '?:b' },
      { all: true as const },
    ]) {
      const { cache, clock } = memoryCache()
      await cache.getOrSet('a:b', () => 'old', { ...options, tags: ['t'] })
      clock.advance(HOUR)
      await cache.invalidate(target)
      const { loader, calls } = held<string>()
      const reads = Promise.all([1, 2].map(() => cache.getOrSet('a:b', loader, { ...options, tags: ['t'] })))
      await turn()
      calls[0]?.('new')
      expect(await reads, JSON.stringify(target)).toEqual(['new', 'new'])
    }
  })

  it('ends: then a reader waits for the load', async () => {
    const { cache, clock } = memoryCache()
    await cache.getOrSet('a', () => 'old', options)
    clock.advance(7 * HOUR)
    expect(await cache.getOrSet('a', () => 'new', options)).toBe('new')
  })

  it('may be shorter than the TTL without shortening that', async () => {
    const { cache, clock } = memoryCache()
    await cache.getOrSet('a', () => 'old', { ttl: '1h', grace: '10s' })
    clock.advance(HOUR - 1)
    expect(await cache.get('a')).toBe('old')
  })

  it('is none without a grace, also when the clock is set back while it is looked up', async () => {
    const clock = fakeClock()
    let looks = Number.NEGATIVE_INFINITY
    // The lookup finds it expired; whoever looks after that would find it within its TTL.
    const wallMs = () => clock.wallMs() - ((looks += 1) > 3 ? 2 : 0)
    const { cache } = memoryCache({ clock: { ...clock, wallMs } })
    await cache.getOrSet('a', () => 'old', { ttl: '1h' })
    clock.advance(HOUR)
    looks = 0
    expect(await cache.getOrSet('a', () => 'new', { ttl: '1h' })).toBe('new')
  })

  it('goes on being served while its refresh fails, which is not tried again for a second', async () => {
    const { cache, clock, transcript } = memoryCache()
    await cache.getOrSet('a', () => 'old', options)
    clock.advance(HOUR)
    const read = () => cache.getOrSet('a', () => Promise.reject(new Error('source is down')), options)
    transcript.length = 0
    for (const waitMs of [0, 999, 1]) {
      clock.advance(waitMs)
      expect(await read()).toBe('old')
      await turn()
    }
    expect(transcript.filter((told) => told.startsWith('load'))).toEqual(['load a error', 'load a error'])
  })

  it('is given to `get` only when that asks for it, and only while nothing invalidated it', async () => {
    const { cache, clock } = memoryCache()
    const told: Staleness[] = []
    const peek = () => cache.get('a', { stale: true, onStale: (staleness) => told.push(staleness) })
    await cache.set('a', 'old', options)
    clock.advance(2 * HOUR)
    expect(await cache.get('a')).toBeUndefined()
    expect(await peek()).toBe('old')
    expect(told).toEqual([{ key: 'a', why: 'expired', expiredMsAgo: HOUR }])
    await cache.invalidate({ keys: ['a'] })
    expect(await peek()).toBeUndefined()
  })

  it('is waited past for as long as the soft timeout says', async () => {
    const { cache, clock } = memoryCache()
    const soft = { ...options, softTimeout: '50ms' } as const
    await cache.getOrSet('a', () => 'old', soft)
    clock.advance(HOUR)
    expect(await cache.getOrSet('a', () => 'quick', soft)).toBe('quick')

    clock.advance(HOUR)
    const { loader, calls } = held<string>()
    const late = cache.getOrSet('a', loader, soft)
    await turn()
    clock.advance(50)
    expect(await late).toBe('quick')
    calls[0]?.('slow')
    await turn()
    expect(await cache.get('a'), 'the load went on').toBe('slow')

    clock.advance(HOUR)
    expect(await cache.getOrSet('a', () => Promise.reject(new Error('no')), soft)).toBe('slow')
  })
})

describe('a value that cannot be loaded', () => {
  const fails = (): Promise<never> => Promise.reject(new RangeError('source is down'))

  it('is an error, also when an old one is at hand that was invalidated', async () => {
    const { cache } = memoryCache()
    await cache.getOrSet('a', () => 'old', { grace: '6h' })
    await cache.invalidate({ keys: ['a'] })
    await expect(cache.getOrSet('a', fails, { grace: '6h' })).rejects.toThrow(new RangeError('source is down'))
  })

  it('is answered by the last one known where the caller asked for that, who is told why', async () => {
    const { cache, clock, transcript } = memoryCache({ staleIfError: '1d' })
    const told: Staleness[] = []
    const read = () => cache.getOrSet('a', fails, { onStale: (staleness) => told.push(staleness) })
    await cache.getOrSet('a', () => 'old', { ttl: '1h' })
    await cache.invalidate({ keys: ['a'] })
    transcript.length = 0
    expect(await read()).toBe('old')
    const cause = new RangeError('source is down')
    expect(told).toEqual([{ key: 'a', why: 'invalidated', expiredMsAgo: -HOUR, cause }])
    expect(transcript).toEqual(['load a error', 'read a stale invalidated'])
    clock.advance(HOUR + 24 * HOUR)
    await expect(read()).rejects.toThrow(cause)
  })

  it('is answered by an expired one too, as long as that is kept', async () => {
    const { cache, clock } = memoryCache()
    const options = { ttl: '1h', staleIfError: '2h' } as const
    await cache.getOrSet('a', () => 'old', options)
    clock.advance(2 * HOUR)
    expect(await cache.getOrSet('a', fails, options)).toBe('old')
    expect(await cache.getOrSet('a', () => 'new', options), 'which is no grace: the next one loads').toBe('new')
  })

  it('keeps answering with its error for the error’s TTL', async () => {
    const { cache, clock } = memoryCache()
    let loads = 0
    const read = () => cache.getOrSet('a', () => ((loads += 1), fails()), { errorTtl: '5s' })
    await expect(read()).rejects.toThrow('source is down')
    await expect(read()).rejects.toThrow(new RangeError('source is down'))
    expect(loads).toBe(1)
    clock.advance(5000)
    await expect(read()).rejects.toThrow('source is down')
    expect(loads).toBe(2)
    expect(await cache.getOrSet('a', () => 'up again')).toBe('up again')
    await cache.invalidate({ keys: ['a'] })
    expect(await cache.getOrSet('a', () => 'still up', { errorTtl: '5s' }), 'an error ends with a value').toBe(
      'still up',
    )
  })
})
