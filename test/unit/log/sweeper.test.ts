import { describe, expect, it } from 'vitest'

import { entryKey, keyOfEntry, logKeys } from '../../../src/keys/redis-key.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'
import { turns } from './model-log.ts'

const keys = logKeys('test')
const PACE = { sweep: { after: '5s', every: '1m', pause: '5ms', keysPerPage: 10 } } as const

function fleetOf() {
  const fleet = modelFleet()
  const entries = () =>
    fleet.server.keyspace
      .keys()
      .map((key) => keyOfEntry('test', key))
      .filter((key) => /^[ae]\d$/.test(key))
      .sort()
  const write = async (cache: { set(key: string, value: unknown, options?: object): Promise<unknown> }) => {
    for (const number of [1, 2, 3, 4]) await cache.set(`a${number}`, number, { tags: ['a'] })
    for (const number of [1, 2, 3, 4]) await cache.set(`e${number}`, number, { tags: ['e'] })
  }
  /** Lets a sweep go on from page to page. */
  const sweeping = async () => {
    for (let page = 0; page < 30; page += 1) {
      await turns(8)
      fleet.clock.advance(5)
    }
  }
  return { ...fleet, entries, write, sweeping }
}

const sweepsIn = (told: readonly { readonly type: string }[]) => told.filter(({ type }) => type === 'sweep')

describe('a sweep', () => {
  it('frees what a tag made unservable and nothing else, and tells how much of what it saw', async () => {
    const { join, write, entries, sweeping, clock } = fleetOf()
    const { cache, told } = join(PACE)
    await write(cache)
    await cache.invalidate({ tags: ['a'] })
    clock.advance(5000)
    await sweeping()
    expect(entries()).toEqual(['e1', 'e2', 'e3', 'e4'])
    expect(sweepsIn(told)).toEqual([{ type: 'sweep', scanned: 8, unlinked: 4, durationMs: expect.any(Number) }])
    expect(await cache.get('e1')).toBe(1)
  })

  it('is not begun for single keys, nor before its time, nor twice for the same', async () => {
    const { join, write, asked, sweeping, clock } = fleetOf()
    const { cache, told } = join(PACE)
    await write(cache)
    clock.advance(5000)
    await sweeping()
    expect(sweepsIn(told), 'whatever other epochs wrote').toHaveLength(1)
    await cache.invalidate({ keys: ['a1'] })
    clock.advance(120_000)
    await sweeping()
    expect(sweepsIn(told)).toHaveLength(1)
    await cache.invalidate({ tags: ['a'] })
    clock.advance(4000)
    await turns()
    const before = asked.filter((command) => command.startsWith('sweep.')).length
    clock.advance(1000)
    await sweeping()
    expect(asked.filter((command) => command.startsWith('sweep.')).length).toBeGreaterThan(before)
    expect(sweepsIn(told)).toHaveLength(2)
    clock.advance(120_000)
    await sweeping()
    expect(sweepsIn(told)).toHaveLength(2)
  })

  it('is for one process of the fleet, and rests for a while after it', async () => {
    const { join, write, sweeping, clock, server, entries } = fleetOf()
    const [one, two] = [join(PACE), join(PACE)]
    await write(one.cache)
    await one.cache.invalidate({ tags: ['a'] })
    clock.advance(5000)
    await sweeping()
    expect([...sweepsIn(one.told), ...sweepsIn(two.told)]).toHaveLength(1)
    expect(server.text(keys.sweep)).toBe('rest')
    await two.cache.invalidate({ tags: ['e'] })
    clock.advance(5000)
    await sweeping()
    expect(entries(), 'too early').toEqual(['e1', 'e2', 'e3', 'e4'])
    for (let tenth = 0; tenth < 12; tenth += 1) {
      clock.advance(6000)
      await sweeping()
    }
    expect(entries()).toEqual([])
    expect([...sweepsIn(one.told), ...sweepsIn(two.told)]).toHaveLength(2)
  })

  it('goes on where a failure broke it off, and tells that', async () => {
    const { join, write, sweeping, clock, answers, entries } = fleetOf()
    const { cache, told } = join(PACE)
    await write(cache)
    await cache.invalidate({ tags: ['a'] })
    answers.set('sweep.unlink', gone())
    clock.advance(5000)
    await sweeping()
    expect(told.filter(({ type }) => type === 'error')).toMatchObject([
      { operation: 'sweep', error: { code: 'ERR_HOLDFAST_STORE' } },
    ])
    expect(entries()).toHaveLength(8)
    answers.clear()
    clock.advance(6000)
    await sweeping()
    clock.advance(5000)
    await sweeping()
    expect(entries()).toEqual(['e1', 'e2', 'e3', 'e4'])
    expect(sweepsIn(told)).toHaveLength(1)
  })

  it('judges by marks as of after it read, so that an epoch it has not heard of loses nothing', async () => {
    const { join, write, sweeping, clock, server, entries } = fleetOf()
    const [one, two] = [join(PACE), join({ sweep: false })]
    await one.cache.invalidate({ tags: ['z'] })
    server.renewReplicationId()
    await write(two.cache)
    clock.advance(5000)
    await sweeping()
    expect(entries()).toHaveLength(8)
  })

  it('leaves alone what it cannot read', async () => {
    const { join, write, sweeping, clock, server, entries } = fleetOf()
    const { cache } = join(PACE)
    await write(cache)
    const odd = entryKey('test', 'a1')
    const bytes = Buffer.concat([Buffer.from([0x7e]), (server.get(odd) ?? Buffer.alloc(0)).subarray(1)])
    server.apply({ op: 'set', key: odd, bytes, goneAtMs: Number.POSITIVE_INFINITY })
    await cache.invalidate({ tags: ['a'] })
    clock.advance(5000)
    await sweeping()
    expect(entries()).toEqual(['a1', 'e1', 'e2', 'e3', 'e4'])
  })

  it('ends with its process, in the middle of its pages', async () => {
    const { join, write, clock, entries, asked } = fleetOf()
    const { cache, told } = join(PACE)
    await write(cache)
    await cache.invalidate({ all: true })
    clock.advance(5000)
    await turns(8)
    const left = entries().length
    expect(left).toBeGreaterThan(0)
    await cache.close()
    await turns(8)
    const before = asked.length
    clock.advance(600_000)
    await turns(8)
    expect([entries().length, asked.length, sweepsIn(told)]).toEqual([left, before, []])
  })
})
