import { describe, expect, it } from 'vitest'

import type { Staleness } from '../../../src/index.ts'
import { modelFleet } from '../../simulation/redis/model-fleet.ts'
import { memoryCache } from '../../support/memory-cache.ts'

describe('get', () => {
  it('gives what is fresh and undefined for the rest, and tells each read once', async () => {
    const { cache, clock, transcript } = memoryCache()
    await cache.set('a', 1, { ttl: '1m' })
    transcript.length = 0
    expect([await cache.get('a'), await cache.get('b')]).toEqual([1, undefined])
    clock.advance(60_000)
    expect(await cache.get('a')).toBeUndefined()
    expect(transcript).toEqual(['read a hit l1', 'read b miss none', 'read a miss none'])
  })

  it('with `stale` gives what is past its TTL, while it is kept and nobody invalidated it', async () => {
    const { cache, clock, transcript } = memoryCache()
    const told: Staleness[] = []
    const peek = (key: string) => cache.get(key, { stale: true, onStale: (staleness) => told.push(staleness) })
    await cache.set('a', 1, { ttl: '1m', grace: '1m' })
    await cache.set('b', 2, { ttl: '1m', grace: '1m' })
    expect([await peek('a'), await peek('missing')]).toEqual([1, undefined])
    clock.advance(60_000)
    transcript.length = 0
    expect(await peek('a')).toBe(1)
    expect(await cache.get('a')).toBeUndefined()
    await cache.invalidate({ keys: ['b'] })
    expect(await peek('b')).toBeUndefined()
    clock.advance(59_999)
    expect(await peek('a')).toBe(1)
    clock.advance(1)
    expect(await peek('a')).toBeUndefined()
    expect(told).toEqual([
      { key: 'a', why: 'expired', expiredMsAgo: 0 },
      { key: 'a', why: 'expired', expiredMsAgo: 59_999 },
    ])
    expect(transcript).toEqual([
      'read a stale expired',
      'read a miss none',
      'invalidated key',
      'read b miss none',
      'read a stale expired',
      'read a miss none',
    ])
  })

  it('gives up when its signal is aborted, before or while it looks', async () => {
    const fleet = modelFleet()
    const { cache } = fleet.join()
    await cache.set('a', 1)
    await expect(cache.get('a', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late')
    const given = new AbortController()
    const looking = fleet.join().cache.get('a', { signal: given.signal })
    given.abort(new Error('given up'))
    await expect(looking).rejects.toThrow('given up')
  })

  it('looks no further than memory where the value is there, also with a signal', async () => {
    const fleet = modelFleet()
    const { cache } = fleet.join()
    await cache.set('a', 1)
    const before = fleet.asked.length
    expect(await cache.get('a', { signal: new AbortController().signal })).toBe(1)
    expect(fleet.asked.length).toBe(before)
  })

  it('that is strict sees what others have invalidated before it began', async () => {
    const fleet = modelFleet()
    const [here, there] = [fleet.join(), fleet.join()]
    await here.cache.set('a', 1)
    await there.cache.invalidate({ keys: ['a'] })
    expect(await here.cache.get('a'), 'within the bound').toBe(1)
    expect(await here.cache.get('a', { consistency: 'strict' })).toBeUndefined()
  })
})
