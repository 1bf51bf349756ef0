import { describe, expect, it } from 'vitest'

import { held, memoryCache, turn } from '../../support/memory-cache.ts'
import { modelFleet } from '../../simulation/redis/model-fleet.ts'

/** A source of many values that remembers what it was asked for. */
function source(values: Readonly<Record<string, unknown>>) {
  const asked: (readonly string[])[] = []
  const load = (keys: readonly string[]) => {
    asked.push(keys)
    return Object.fromEntries(keys.filter((key) => Object.hasOwn(values, key)).map((key) => [key, values[key]]))
  }
  return { asked, load }
}

describe('getMany', () => {
  it('gives those keys that have a fresh value, each once', async () => {
    const { cache } = memoryCache()
    await cache.set('a', 1)
    await cache.set('b', null)
    expect(await cache.getMany(['a', 'b', 'c', 'a'])).toEqual(
      new Map([
        ['a', 1],
        ['b', null],
      ]),
    )
    await expect(cache.getMany(['a', ''])).rejects.toMatchObject({ code: 'ERR_HOLDFAST_KEY' })
  })
})

describe('getOrSetMany', () => {
  it('loads what is missing in one go, and gives all in the order asked for', async () => {
    const { cache } = memoryCache()
    await cache.set('b', 'cached')
    const { asked, load } = source({ a: 1, b: 2, c: null })
    const read = () => cache.getOrSetMany(['c', 'b', 'a', 'absent', 'a'], load)
    expect([...(await read())]).toEqual([
      ['c', null],
      ['b', 'cached'],
      ['a', 1],
    ])
    expect(asked).toEqual([['c', 'a', 'absent']])
    await read()
    expect(asked.slice(1), 'what has no value is asked for again').toEqual([['absent']])
  })

  it('takes a Map, and no key of an object’s prototype for a value', async () => {
    const { cache } = memoryCache()
    const keys = ['constructor', '__proto__', 'a']
    expect(await cache.getOrSetMany(keys, () => ({ a: 1 }))).toEqual(new Map([['a', 1]]))
    const all = keys.map((key): [string, unknown] => [key, `value of ${key}`])
    expect(await cache.getOrSetMany([...keys, 'b'], () => new Map([...all, ['b', 2]]))).toEqual(
      new Map<string, unknown>([
        ['constructor', 'value of constructor'],
        ['__proto__', 'value of __proto__'],
        ['a', 1],
        ['b', 2],
      ]),
    )
  })

  it('keeps the tags and TTLs that the loader names for each key, and drops those of other keys', async () => {
    const { cache, clock } = memoryCache()
    const read = (values: Record<string, number>) =>
      cache.getOrSetMany(['a', 'b'], (_keys, { tag, ttl }) => {
        tag('a', 'of:a')
        ttl('b', '1m')
        tag('z', 'of:nobody')
        return values
      })
    await read({ a: 1, b: 1 })
    await cache.invalidate({ tags: ['of:a'] })
    clock.advance(59_999)
    expect(await cache.getMany(['a', 'b'])).toEqual(new Map([['b', 1]]))
    clock.advance(1)
    expect(await read({ a: 2, b: 2 })).toEqual(
      new Map([
        ['a', 2],
        ['b', 2],
      ]),
    )
  })

  it('joins loads that are under way, and is joined itself', async () => {
    const { cache } = memoryCache()
    const one = held<string>()
    const many = held<Record<string, string>>()
    const single = cache.getOrSet('a', one.loader)
    await turn()
    const bulk = cache.getOrSetMany(['a', 'b'], many.loader)
    await turn()
    const joiner = cache.getOrSet('b', () => 'not asked')
    await turn()
    one.calls[0]?.('from the single load')
    many.calls[0]?.({ a: 'not asked', b: 'from the bulk load' })
    expect(await single).toBe('from the single load')
    expect([...(await bulk).values()]).toEqual(['from the single load', 'from the bulk load'])
    expect(await joiner).toBe('from the bulk load')
  })

  it('does not give a joiner what was loaded before an invalidation that it must see (H1)', async () => {
    const { cache } = memoryCache()
    const { loader, calls } = held<Record<string, string>>()
    const first = cache.getOrSetMany(['a', 'b'], loader)
    await turn()
    await cache.invalidate({ keys: ['a'] })
    const joiner = cache.getOrSetMany(['a', 'b'], loader)
    await turn()
    calls[0]?.({ a: 'old', b: 'b' })
    expect([...(await first).values()]).toEqual(['old', 'b'])
    await turn()
    calls[1]?.({ a: 'new' })
    expect([...(await joiner).values()]).toEqual(['new', 'b'])
  })

  it('hands a failure to all who wait, unless old values are at hand and may be served', async () => {
    const { cache, transcript } = memoryCache()
    const down = () => Promise.reject(new RangeError('source is down'))
    const options = { staleIfError: '1d' } as const
    await cache.getOrSetMany(['a', 'b'], () => ({ a: 1, b: 2 }), options)
    await cache.invalidate({ all: true })
    transcript.length = 0
    expect([...(await cache.getOrSetMany(['a', 'b'], down, options)).values()]).toEqual([1, 2])
    expect(transcript).toEqual(['load a error', 'load b error', 'read a stale invalidated', 'read b stale invalidated'])
    await expect(cache.getOrSetMany(['a', 'c'], down, options)).rejects.toThrow(new RangeError('source is down'))
    await expect(cache.getOrSetMany(['a'], down)).rejects.toThrow('source is down')
  })

  it('serves values in their grace, and refreshes them together', async () => {
    const { cache, clock } = memoryCache()
    const options = { ttl: '1h', grace: '1h' } as const
    const { asked, load } = source({ a: 'new', b: 'new', c: 'loaded' })
    await cache.getOrSetMany(['a', 'b'], () => ({ a: 'old', b: 'old' }), options)
    clock.advance(3_600_000)
    expect([...(await cache.getOrSetMany(['a', 'b', 'c'], load, options)).values()]).toEqual(['old', 'old', 'loaded'])
    await turn()
    expect(asked).toHaveLength(2)
    expect(asked).toEqual(expect.arrayContaining([['a', 'b'], ['c']]))
    expect([...(await cache.getMany(['a', 'b'])).values()]).toEqual(['new', 'new'])
  })

  it('counts as one load for the limit of its source, and ends at its timeout', async () => {
    const { cache, clock, transcript } = memoryCache({ loads: { maxLoads: 1, maxWaiting: 1 } })
    const keys = ['a', 'b', 'c']
    expect((await cache.getOrSetMany(keys, () => ({ a: 1, b: 2, c: 3 }))).size).toBe(3)
    const late = cache.getOrSetMany(['d', 'e'], () => new Promise<never>(() => undefined), { timeout: '1s' })
    await turn()
    clock.advance(1000)
    await expect(late).rejects.toMatchObject({ code: 'ERR_HOLDFAST_LOADER_TIMEOUT' })
    expect(transcript.filter((told) => told.endsWith('timeout'))).toEqual(['load d timeout', 'load e timeout'])
  })
})

describe('a strict read of many keys', () => {
  it('asks what Redis knows now, once for all of them, and a bounded one does not', async () => {
    const fleet = modelFleet()
    const [here, there] = [fleet.join(), fleet.join()]
    await here.cache.getOrSetMany(['a', 'b'], () => ({ a: 1, b: 1 }))
    await there.cache.invalidate({ keys: ['a'] })
    const load = () => ({ a: 2, b: 2 })
    expect([...(await here.cache.getOrSetMany(['a', 'b'], load)).values()], 'within the bound').toEqual([1, 1])
    const before = fleet.asked.length
    const strict = await here.cache.getOrSetMany(['a', 'b'], load, { consistency: 'strict' })
    expect([...strict.values()]).toEqual([2, 1])
    expect(fleet.asked.slice(before).filter((command) => command === 'log.beat')).toHaveLength(1)
  })
})

describe('what a read of many keys tells', () => {
  it('names each key, how it was answered, and what is refreshed and why', async () => {
    const made = memoryCache()
    const { cache, clock, transcript } = made
    const options = { ttl: '1h', grace: '1h' } as const
    await cache.getOrSetMany(['a', 'b'], () => ({ a: 1, b: 2 }), options)
    transcript.length = 0
    await cache.getOrSetMany(['a', 'b'], () => ({}), options)
    expect(transcript).toEqual(['read a hit l1', 'read b hit l1'])
    transcript.length = 0
    clock.advance(3_600_000)
    await cache.getOrSetMany(['a', 'c'], () => ({ a: 3, c: 4 }), options)
    await turn()
    expect(transcript.slice().sort()).toEqual([
      'load a ok',
      'load c ok',
      'read a stale expired',
      'read c miss none',
      'refresh a expired',
    ])
  })

  it('refreshes early what is likely to end soon, all of it by one load', async () => {
    const made = memoryCache()
    const { cache, clock, transcript } = made
    const slowly = (values: Record<string, number>) => () => (clock.advance(1000), values)
    await cache.getOrSetMany(['a', 'b'], slowly({ a: 1, b: 1 }), { ttl: '1m' })
    clock.advance(59_000)
    transcript.length = 0
    made.chance = 0.9
    const asked: (readonly string[])[] = []
    const load = (keys: readonly string[]) => (asked.push(keys), { a: 2, b: 2 })
    expect([...(await cache.getOrSetMany(['a', 'b'], load, { ttl: '1m' })).values()]).toEqual([1, 1])
    await turn()
    expect(asked).toEqual([['a', 'b']])
    expect(transcript.filter((line) => line.startsWith('refresh'))).toEqual(['refresh a early', 'refresh b early'])
    expect([...(await cache.getMany(['a', 'b'])).values()]).toEqual([2, 2])
    transcript.length = 0
    clock.advance(59_000)
    await cache.getOrSetMany(['a', 'b'], load, { ttl: '1m', earlyRefresh: 0 })
    await turn()
    expect(transcript.filter((line) => line.startsWith('refresh'))).toEqual([])
  })

  it('says that a load was refused where its source has too many already', async () => {
    const { cache, transcript } = memoryCache({ loads: { maxLoads: 1, maxWaiting: 1 } })
    const one = held<string>()
    const running = cache.getOrSet('z', one.loader, { source: 'db' })
    const waiting = cache.getOrSet('y', () => 'after it', { source: 'db' })
    await turn()
    const refused = cache.getOrSetMany(['a'], () => ({ a: 1 }), { source: 'db' })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_HOLDFAST_OVERLOADED' })
    expect(transcript).toContain('shed a db')
    one.calls[0]?.('done')
    expect(await Promise.all([running, waiting])).toEqual(['done', 'after it'])
  })

  it('waits for room at the source unless every key has an old value to answer with', async () => {
    const { cache } = memoryCache({ loads: { maxLoads: 1, maxWaiting: 5 } })
    const options = { staleIfError: '1d', source: 'db' } as const
    await cache.getOrSetMany(['a', 'b'], () => ({ a: 1, b: 1 }), options)
    await cache.invalidate({ keys: ['a', 'b'] })
    const one = held<string>()
    const running = cache.getOrSet('z', one.loader, { source: 'db' })
    await turn()
    const load = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, 2]))
    expect([...(await cache.getOrSetMany(['a', 'b'], load, options)).values()], 'at once').toEqual([1, 1])
    const mixed = cache.getOrSetMany(['a', 'c'], load, options)
    await turn()
    one.calls[0]?.('done')
    await running
    expect([...(await mixed).values()]).toEqual([2, 2])
  })
})
