import { describe, expect, it } from 'vitest'

import { memoryCache, turn, type MemoryCache } from '../../support/memory-cache.ts'

const HOUR = 3_600_000

/** Loads with a load that takes a minute. */
async function loadSlowly({ cache, clock }: MemoryCache, value: string, more: object = {}): Promise<void> {
  await cache.getOrSet('a', () => (clock.advance(60_000), value), { ttl: '1h', ...more })
  await turn()
}

describe('an early refresh', () => {
  it('replaces a value before its TTL ends, behind readers who are served it meanwhile', async () => {
    const made = memoryCache()
    const { cache, clock, transcript } = made
    await loadSlowly(made, 'old')
    made.chance = 0.9
    clock.advance(HOUR - 61_000)
    transcript.length = 0
    const read = () => cache.getOrSet('a', () => 'new', { ttl: '1h' })
    expect([await read(), await read()]).toEqual(['old', 'old'])
    await turn()
    expect(await read()).toBe('new')
    expect(transcript.filter((told) => told !== 'read a hit l1')).toEqual(['refresh a early', 'load a ok'])
  })

  it('comes by chance: −Δ·β·ln U against the time that is left', async () => {
    const early = async (chance: number, leftMs: number, more: object = {}): Promise<boolean> => {
      const made = memoryCache()
      await loadSlowly(made, 'old')
      made.clock.advance(HOUR - leftMs)
      made.chance = chance
      made.transcript.length = 0
      await made.cache.getOrSet('a', () => 'new', { ttl: '1h', ...more })
      return made.transcript.includes('refresh a early')
    }
    // 1 − U = e^−1: one load's length before the end.
    const once = 1 - Math.exp(-1)
    expect(await early(once + 1e-9, 60_000)).toBe(true)
    expect(await early(once - 1e-9, 60_000)).toBe(false)
    expect(await early(once, 120_000)).toBe(false)
    expect(await early(once + 1e-9, 120_000, { earlyRefresh: 2 })).toBe(true)
    expect(await early(0.999, 1, { earlyRefresh: 0 }), 'switched off').toBe(false)
    expect(await early(0, 1), 'not by this draw').toBe(false)
  })

  it('does not begin again while one is under way, nor for a second after one that failed', async () => {
    const made = memoryCache()
    const { cache, clock, transcript } = made
    await loadSlowly(made, 'old')
    clock.advance(HOUR - 10_000)
    made.chance = 0.99
    transcript.length = 0
    const read = () => cache.getOrSet('a', () => Promise.reject(new Error('no')), { ttl: '1h' })
    for (const waitMs of [0, 0, 999, 1]) {
      clock.advance(waitMs)
      expect(await read()).toBe('old')
      await turn()
    }
    expect(transcript.filter((told) => told === 'refresh a early')).toHaveLength(2)
  })
})

describe('closing', () => {
  it('does not wait for loads behind readers, which may never end', async () => {
    const { cache, clock } = memoryCache()
    const options = { ttl: '1h', grace: '1h' } as const
    const never = () => new Promise<never>(() => undefined)
    await cache.getOrSetMany(['a', 'b', 'c'], () => ({ a: 1, b: 2, c: 3 }), options)
    clock.advance(3_600_000)
    expect(await cache.getOrSet('a', never, options)).toBe(1)
    expect((await cache.getOrSetMany(['b'], never, options)).get('b')).toBe(2)
    const soft = cache.getOrSet('c', never, { ...options, softTimeout: '1s' })
    await turn()
    clock.advance(1000)
    expect(await soft).toBe(3)
    await cache.close()
  })
})

describe('jitter', () => {
  it('shortens a TTL by a random part of up to its share, and never lengthens it', async () => {
    for (const [chance, ttlMs] of [
      [0, HOUR],
      [0.5, 0.9 * HOUR],
      [1, 0.8 * HOUR],
    ] as const) {
      const made = memoryCache({ jitter: 0.2 })
      made.chance = chance
      await made.cache.getOrSet('a', () => 1, { ttl: '1h' })
      await made.cache.set('b', 1, { ttl: '1h' })
      made.clock.advance(ttlMs - 1)
      expect([await made.cache.get('a'), await made.cache.get('b')], `${chance}`).toEqual([1, 1])
      made.clock.advance(1)
      expect([await made.cache.get('a'), await made.cache.get('b')], `${chance}`).toEqual([undefined, undefined])
    }
  })
})
