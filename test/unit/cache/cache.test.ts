import { describe, expect, it } from 'vitest'

import type { Cache } from '../../../src/index.ts'
import { held, memoryCache, turn } from '../../support/memory-cache.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'

describe('getOrSet', () => {
  it('loads a missing value once and serves it until its TTL has passed', async () => {
    const { cache, clock, transcript } = memoryCache()
    const read = (): Promise<string> => cache.getOrSet('a', () => 'value', { ttl: '15m' })
    expect([await read(), await read()]).toEqual(['value', 'value'])
    clock.advance(15 * 60_000)
    await read()
    expect(transcript).toEqual(['load a ok', 'read a miss none', 'read a hit l1', 'load a ok', 'read a miss none'])
  })

  it('loads once for all who ask at the same time', async () => {
    const { cache } = memoryCache()
    const { loader, calls } = held<string>()
    const reads = Promise.all([1, 2, 3].map(() => cache.getOrSet('a', loader)))
    await turn()
    expect(calls).toHaveLength(1)
    calls[0]?.('value')
    expect(await reads).toEqual(['value', 'value', 'value'])
  })

  it('hands a failure to all who wait for it, and loads again for the next', async () => {
    const { cache, transcript } = memoryCache()
    const { loader, calls, failures } = held<string>()
    const reads = Promise.allSettled([cache.getOrSet('a', loader), cache.getOrSet('a', loader)])
    await turn()
    failures[0]?.(new RangeError('source is down'))
    expect((await reads).map((read) => (read.status === 'rejected' ? read.reason : read.value))).toEqual([
      new RangeError('source is down'),
      new RangeError('source is down'),
    ])
    const next = cache.getOrSet('a', loader)
    await turn()
    calls[1]?.('value')
    expect(await next).toBe('value')
    expect(transcript).toContain('load a error')
  })

  it('does not give a joiner the value of a load that began before an invalidation it must see (H1)', async () => {
    const { cache } = memoryCache()
    const { loader, calls } = held<string>()
    const first = cache.getOrSet('a', loader)
    await turn()
    await cache.invalidate({ keys: ['a'] })
    const joiner = cache.getOrSet('a', loader)
    await turn()
    calls[0]?.('old')
    expect(await first).toBe('old')
    await turn()
    expect(calls, 'the joiner loads again').toHaveLength(2)
    calls[1]?.('new')
    expect(await joiner).toBe('new')
    expect(await cache.get('a')).toBe('new')
  })

  it('loads again once for all the joiners that may not have a value', async () => {
    const { cache } = memoryCache()
    const { loader, calls } = held<string>()
    void cache.getOrSet('a', loader)
    await turn()
    await cache.invalidate({ all: true })
    const joiners = Promise.all([1, 2, 3].map(() => cache.getOrSet('a', loader)))
    await turn()
    calls[0]?.('old')
    await turn()
    await cache.invalidate({ all: true })
    calls[1]?.('newer')
    expect(await joiners).toEqual(['newer', 'newer', 'newer'])
    expect(calls).toHaveLength(2)
  })

  it('does not keep a value whose load began before an invalidation', async () => {
    const { cache } = memoryCache()
    for (const target of [
      { keys: ['a:b'] },
      { tags: ['t'] },
      { pattern: 'a:*' },
      { pattern: '*' },
      { all: true as const },
    ]) {
      const { loader, calls } = held<string>()
      const read = cache.getOrSet('a:b', loader, { tags: ['t'] })
      await turn()
      await cache.invalidate(target)
      calls[0]?.('old')
      await read
      expect(await cache.get('a:b'), JSON.stringify(target)).toBeUndefined()
    }
  })

  it('knows the tags and the TTL that a loader names', async () => {
    const { cache, clock } = memoryCache()
    const load = (value: number) => cache.getOrSet('a', ({ tag, ttl }) => (tag('from:loader'), ttl('1m'), value))
    await load(1)
    await cache.invalidate({ tags: ['from:loader'] })
    expect(await load(2)).toBe(2)
    clock.advance(60_000)
    expect(await load(3)).toBe(3)
  })

  it('caches null, 0, an empty text and false, and does not cache undefined', async () => {
    const { cache } = memoryCache()
    for (const value of [null, 0, '', false]) {
      await cache.getOrSet(`v:${String(value)}`, () => value)
      expect(await cache.getOrSet(`v:${String(value)}`, () => 'loaded again')).toBe(value)
    }
    await cache.getOrSet('nothing', () => undefined)
    expect(await cache.getOrSet('nothing', () => 'loaded')).toBe('loaded')
  })

  it('ends a loader that takes longer than its timeout, and aborts its signal', async () => {
    const { cache, clock, transcript } = memoryCache()
    let aborted: unknown
    const read = cache.getOrSet(
      'a',
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject((aborted = signal.reason)))),
      { timeout: '1s' },
    )
    await turn()
    clock.advance(1000)
    await expect(read).rejects.toMatchObject({ code: 'ERR_HOLDFAST_LOADER_TIMEOUT' })
    expect(aborted).toMatchObject({ code: 'ERR_HOLDFAST_LOADER_TIMEOUT' })
    expect(transcript).toContain('load a timeout')
  })

  it('returns what it cannot store, and tells', async () => {
    const { cache, transcript } = memoryCache({ maxEntryBytes: 100 })
    class Dice {
      readonly sides = 6
    }
    expect(await cache.getOrSet('dice', () => new Dice())).toBeInstanceOf(Dice)
    expect(await cache.getOrSet('long', () => 'x'.repeat(101))).toHaveLength(101)
    expect(await cache.get('dice')).toBeUndefined()
    expect(await cache.get('long')).toBeUndefined()
    expect(transcript).toEqual(expect.arrayContaining(['error encode ERR_HOLDFAST_ENCODE', 'fill long not-stored']))
  })

  it('does not let one caller change what another one reads', async () => {
    const { cache } = memoryCache()
    const first = await cache.getOrSet('a', () => ({ list: [1] }))
    expect(() => first.list.push(2)).toThrow(TypeError)
    expect(await cache.get('a')).toEqual({ list: [1] })
  })
})

describe('set', () => {
  it('replaces what is cached, and a load that began before it does not push it out', async () => {
    const { cache } = memoryCache()
    const { loader, calls } = held<string>()
    const slow = cache.getOrSet('a', loader)
    await turn()
    expect(await cache.set('a', 'set')).toMatchObject({ acknowledged: true, stored: true })
    calls[0]?.('loaded before')
    await slow
    expect(await cache.get('a')).toBe('set')
  })

  it('refuses what cannot be a value or a key, and changes nothing then', async () => {
    const { cache } = memoryCache()
    await cache.set('a', 1)
    await expect(cache.set('a', undefined)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_ENCODE' })
    await expect(cache.set('a', () => 1)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_ENCODE' })
    await expect(cache.set('', 1)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_KEY' })
    expect(await cache.get('a')).toBe(1)
  })
})

describe('invalidate', () => {
  it('takes more targets than one record holds', async () => {
    const { cache, transcript } = memoryCache()
    await cache.set('k2500', 1)
    const keys = Array.from({ length: 2501 }, (_, index) => `k${index}`)
    expect(await cache.invalidate({ keys })).toMatchObject({ acknowledged: true, queued: false })
    expect(await cache.get('k2500')).toBeUndefined()
    expect(transcript.filter((told) => told.startsWith('invalidated'))).toHaveLength(1 + 3)
  })

  it('refuses to invalidate nothing', async () => {
    const { cache } = memoryCache()
    await expect(cache.invalidate({})).rejects.toMatchObject({ code: 'ERR_HOLDFAST_KEY' })
    await expect(cache.invalidate({ keys: [] })).rejects.toThrow('nothing to invalidate')
  })
})

describe('mutate', () => {
  it('invalidates before and after the change, and resolves to what the change gives', async () => {
    const { cache, transcript } = memoryCache()
    await cache.set('a', 'old')
    transcript.length = 0
    let seen: unknown = 'unread'
    const change = async (): Promise<number> => {
      seen = await cache.get('a')
      await cache.getOrSet('a', () => 'read during the change')
      return 42
    }
    expect(await cache.mutate({ keys: ['a'] }, change)).toBe(42)
    expect(seen).toBeUndefined()
    expect(await cache.get('a'), 'what was read during the change may be the old value').toBeUndefined()
    expect(transcript.filter((told) => told.startsWith('invalidated'))).toEqual(['invalidated key', 'invalidated key'])
  })

  it('invalidates after a change that throws too: it may have been applied', async () => {
    const { cache } = memoryCache()
    const change = async (): Promise<never> => {
      await cache.getOrSet('a', () => 'read during the change')
      throw new RangeError('timed out')
    }
    await expect(cache.mutate({ keys: ['a'] }, change)).rejects.toThrow(new RangeError('timed out'))
    expect(await cache.get('a')).toBeUndefined()
  })

  it('does not begin the change when its targets cannot be used', async () => {
    const { cache } = memoryCache()
    await expect(cache.mutate({ keys: [''] }, () => expect.unreachable())).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_KEY',
    })
  })
})

describe('a closed cache', () => {
  it('says so when it is used, and may be closed twice', async () => {
    const { cache } = memoryCache()
    await cache.close()
    await cache.close()
    for (const use of [
      () => cache.get('a'),
      () => cache.set('a', 1),
      () => cache.getOrSet('a', () => 1),
      () => cache.invalidate({ all: true }),
    ]) {
      await expect(use()).rejects.toMatchObject({ code: 'ERR_HOLDFAST_CLOSED' })
    }
  })

  it('closes itself at the end of its block', async () => {
    let left: Cache
    {
      await using cache = memoryCache().cache
      left = cache
    }
    await expect(left.get('a')).rejects.toMatchObject({ code: 'ERR_HOLDFAST_CLOSED' })
  })
})

describe('a cache on a Redis', () => {
  it('says who invalidated what and why, in the log and in events', async () => {
    const { join, server } = modelFleet()
    const { cache, told } = join()
    await cache.invalidate({ keys: ['a'], by: 'ada', reason: 'a test' })
    await cache.invalidate({ keys: ['a'] })
    const records = server.streamAfter('hf:{test}:log', '0-0').map(([, fields]) => fields.join(' '))
    expect(records.at(-2)).toMatch(/ by ada reason a test$/)
    expect(records.at(-1)).toMatch(/ by {2}reason $/)
    const events = told.filter(({ type }) => type === 'invalidation')
    expect(events).toEqual([
      expect.objectContaining({ by: 'ada', reason: 'a test', acknowledged: true }),
      expect.not.objectContaining({ by: expect.anything() }),
    ])
    expect(events[1]).not.toHaveProperty('reason')
  })

  it('is well while it hears from the log, degraded while it does not', async () => {
    const { join, answers, clock } = modelFleet()
    const { cache } = join({ bound: '1s' })
    await cache.get('a')
    expect(cache.health()).toMatchObject({ state: 'ok', bound: 'held', boundMs: 1000, heardMsAgo: 0 })
    answers.set('log.beat', gone())
    clock.advance(1001)
    await turn()
    expect(cache.health()).toMatchObject({ state: 'degraded', heardMsAgo: 1001 })
  })

  it('refuses to be used once it is closed, keeps nothing, and may be closed again', async () => {
    const { join } = modelFleet()
    const { cache } = join()
    await cache.getOrSet('a', () => 1)
    expect(cache.stats().memory.entries).toBe(1)
    await cache.close()
    await cache.close()
    await expect(cache.getOrSet('a', () => 2)).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_CLOSED',
      message: 'The cache test was used after close()',
    })
    expect(cache.stats().memory.entries).toBe(0)
  })

  it('is off for the whole fleet when it was switched off', async () => {
    const { join } = modelFleet()
    const [one, other] = [join().cache, join().cache]
    await one.getOrSet('a', () => 1)
    await one.switchTo(false, { by: 'ada', reason: 'a test' })
    expect(one.enabled()).toBe(false)
    await other.get('a', { consistency: 'strict' })
    expect(other.enabled()).toBe(false)
    const off = join({ enabled: false }).cache
    expect(off.enabled()).toBe(false)
    await one.switchTo(true)
    expect([one.enabled(), off.enabled()]).toEqual([true, false])
  })
})
