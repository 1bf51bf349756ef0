import { describe, expect, it } from 'vitest'

import type { HoldfastEvent } from '../../../src/index.ts'
import { held, memoryCache, turn } from '../../support/memory-cache.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'

const turns = async (count = 6): Promise<void> => {
  for (let at = 0; at < count; at += 1) await turn()
}

const told = <Type extends HoldfastEvent['type']>(events: readonly HoldfastEvent[], type: Type) =>
  events.filter((event): event is Extract<HoldfastEvent, { type: Type }> => event.type === type)

/** Two processes that have heard from the log. */
async function twoProcesses() {
  const fleet = modelFleet()
  const [one, other] = [fleet.join(), fleet.join()]
  for (const { cache } of [one, other]) await cache.getOrSet('warm up', () => 1)
  await turns()
  one.told.length = 0
  other.told.length = 0
  return { ...fleet, one, other }
}

describe('a load of many keys, in a fleet', () => {
  it('asks the source for those that nobody loads, and waits for the rest', async () => {
    const { one, other } = await twoProcesses()
    const slow = held<string>()
    const first = one.cache.getOrSet('a', slow.loader)
    await turns()
    const asked: (readonly string[])[] = []
    const many = other.cache.getOrSetMany(['a', 'b'], (keys) => {
      asked.push(keys)
      return { a: 'not asked', b: 'loaded here' }
    })
    await turns()
    expect(asked).toEqual([['b']])
    slow.calls[0]?.('loaded there')
    await first
    expect([...(await many).values()]).toEqual(['loaded there', 'loaded here'])
    expect(told(other.told, 'load-joined')).toEqual([expect.objectContaining({ key: 'a', scope: 'fleet' })])
  })

  it('keeps its lease while it loads, and gives it back with the entry', async () => {
    const { one, other } = await twoProcesses()
    const slow = held<Record<string, number>>()
    const many = one.cache.getOrSetMany(['a', 'b'], slow.loader)
    await turns()
    const loads: string[] = []
    const waiting = other.cache.getOrSet('b', () => loads.push('b'))
    await turns()
    slow.calls[0]?.({ a: 1, b: 2 })
    await many
    expect(await waiting).toBe(2)
    expect(loads).toEqual([])
    expect(told(one.told, 'load')).toEqual([
      expect.objectContaining({ key: 'a', outcome: 'ok' }),
      expect.objectContaining({ key: 'b', outcome: 'ok' }),
    ])
  })

  it('loads all by itself while Redis cannot be asked for leases', async () => {
    const { one, answers } = await twoProcesses()
    answers.set('lease.acquire', gone())
    const asked: (readonly string[])[] = []
    const load = (keys: readonly string[]) => {
      asked.push(keys)
      return { a: 1, b: 2 }
    }
    expect([...(await one.cache.getOrSetMany(['a', 'b'], load)).values()]).toEqual([1, 2])
    expect(asked).toEqual([['a', 'b']])
  })

  it('leaves the refresh of a key to the process that has begun it', async () => {
    const { one, other, clock } = await twoProcesses()
    const options = { ttl: '10s', grace: '1h' } as const
    await one.cache.getOrSetMany(['a', 'b'], () => ({ a: 'old', b: 'old' }), options)
    await turns()
    expect([...(await other.cache.getOrSetMany(['a', 'b'], () => ({}), options)).values()]).toEqual(['old', 'old'])
    clock.advance(10_000)
    await turns()
    const slow = held<Record<string, string>>()
    const asked: (readonly string[])[] = []
    expect([...(await one.cache.getOrSetMany(['a'], slow.loader, options)).values()]).toEqual(['old'])
    await turns()
    const read = () =>
      other.cache.getOrSetMany(
        ['a', 'b'],
        (keys) => {
          asked.push(keys)
          return { a: 'not asked', b: 'refreshed' }
        },
        options,
      )
    expect([...(await read()).values()]).toEqual(['old', 'old'])
    await turns()
    expect(asked).toEqual([['b']])
    slow.calls[0]?.({ a: 'refreshed there' })
    await turns()
    expect([...(await read()).values()]).toEqual(['refreshed there', 'refreshed'])
  })
})

describe('a load of many keys', () => {
  it('tells of each key what it cost, and why it was refreshed', async () => {
    const { cache, clock } = memoryCache()
    const events: HoldfastEvent[] = []
    cache.on((event) => events.push(event))
    const options = { ttl: '10s', grace: '1h' } as const
    clock.advance(5000)
    await cache.getOrSetMany(['a'], () => (clock.advance(7), { a: 1 }), options)
    expect(told(events, 'load')).toEqual([
      expect.objectContaining({ key: 'a', outcome: 'ok', trigger: 'miss', durationMs: 7 }),
    ])
    expect((await cache.explain('a')).process).toMatchObject({ loadCostMs: 7 })
    expect(told(events, 'refresh')).toEqual([])
    clock.advance(10_000)
    events.length = 0
    await cache.getOrSetMany(['a'], () => ({ a: 2 }), options)
    await turns()
    expect(told(events, 'refresh')).toEqual([{ type: 'refresh', key: 'a', why: 'expired' }])
    expect(told(events, 'load')).toEqual([expect.objectContaining({ outcome: 'ok', trigger: 'refresh' })])
  })

  it('tells how long it took to fail, and hands its own error on', async () => {
    const { cache, clock } = memoryCache()
    const events: HoldfastEvent[] = []
    cache.on((event) => events.push(event))
    clock.advance(5000)
    const failing = cache.getOrSetMany(['a', 'b'], () => {
      clock.advance(3)
      throw new RangeError('down')
    })
    await expect(failing).rejects.toThrow(new RangeError('down'))
    expect(told(events, 'load')).toEqual([
      expect.objectContaining({ key: 'a', outcome: 'error', durationMs: 3 }),
      expect.objectContaining({ key: 'b', outcome: 'error', durationMs: 3 }),
    ])
  })

  it('names how many keys it was for when it takes too long', async () => {
    const { cache, clock } = memoryCache()
    const late = cache.getOrSetMany(['a', 'b'], held<Record<string, unknown>>().loader, { timeout: '1s' })
    await turn()
    clock.advance(1000)
    await expect(late).rejects.toThrow(/2 keys/)
  })

  it('is not begun again for a while after it failed, where that was asked for', async () => {
    const { cache, clock } = memoryCache()
    let loads = 0
    const read = () =>
      cache.getOrSetMany(
        ['a', 'b'],
        () => {
          loads += 1
          throw new RangeError('down')
        },
        { errorTtl: '5s' },
      )
    await expect(read()).rejects.toThrow('down')
    await expect(read()).rejects.toThrow('down')
    expect(loads).toBe(1)
    clock.advance(5001)
    await expect(read()).rejects.toThrow('down')
    expect(loads).toBe(2)
  })

  it('is told as shed, and not as a load, when there are too many already', async () => {
    const { cache, transcript } = memoryCache({ loads: { maxLoads: 1, maxWaiting: 1 } })
    const slow = held<Record<string, unknown>>()
    const [running, waiting] = [cache.getOrSetMany(['a'], slow.loader), cache.getOrSetMany(['b'], slow.loader)]
    await turn()
    await expect(cache.getOrSetMany(['c', 'd'], () => ({}))).rejects.toMatchObject({ code: 'ERR_HOLDFAST_OVERLOADED' })
    expect(transcript.filter((line) => /shed|load/.test(line))).toEqual(['shed c default', 'shed d default'])
    slow.calls[0]?.({ a: 1 })
    await running
    await turn()
    slow.calls[1]?.({ b: 1 })
    await waiting
  })

  it('does not queue behind other loads when old values are at hand', async () => {
    const { cache } = memoryCache({ loads: { maxLoads: 1, maxWaiting: 10 } })
    const options = { staleIfError: '1h' } as const
    await cache.getOrSetMany(['a'], () => ({ a: 'old' }), options)
    await cache.invalidate({ keys: ['a'] })
    const slow = held<Record<string, unknown>>()
    const running = cache.getOrSetMany(['b'], slow.loader)
    await turn()
    expect([...(await cache.getOrSetMany(['a'], () => ({ a: 'new' }), options)).values()]).toEqual(['old'])
    slow.calls[0]?.({ b: 1 })
    await running
  })

  it('lets nobody hear of a refresh that failed, and pauses the next', async () => {
    const { cache, clock } = memoryCache()
    const options = { ttl: '10s', grace: '1h' } as const
    await cache.getOrSetMany(['a'], () => ({ a: 1 }), options)
    clock.advance(10_000)
    let loads = 0
    const read = () =>
      cache.getOrSetMany(
        ['a'],
        () => {
          loads += 1
          throw new RangeError('down')
        },
        options,
      )
    for (let time = 0; time < 3; time += 1) {
      expect([...(await read()).values()]).toEqual([1])
      await turns()
    }
    expect(loads).toBe(1)
  })
})
