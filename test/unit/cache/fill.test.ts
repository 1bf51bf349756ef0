import { describe, expect, it } from 'vitest'

import type { CacheOptions, HoldfastEvent } from '../../../src/index.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'
import { turn } from '../../support/memory-cache.ts'

const LEASE = 'hf:test:l:{a}'
const ENTRY = 'hf:test:e:{a}'
const fills = (told: readonly HoldfastEvent[]) =>
  told.flatMap((event) => (event.type === 'fill' ? [`${event.outcome} ${event.trigger} ${event.bytes}`] : []))
const turns = async (): Promise<void> => {
  for (let at = 0; at < 6; at += 1) await turn()
}

async function filling(options: Partial<CacheOptions> = {}) {
  const fleet = modelFleet()
  const made = fleet.join(options)
  await made.cache.get('warm up')
  made.told.length = 0
  fleet.asked.length = 0
  return { ...fleet, ...made, held: (key: string) => fleet.server.text(key) !== null }
}

describe('what a load gave', () => {
  it('is kept here at once and in Redis behind the caller, with the lease given back by the same command', async () => {
    const { cache, asked, told, held } = await filling()
    expect(await cache.getOrSet('a', () => 'value')).toBe('value')
    expect(await cache.get('a')).toBe('value')
    await turns()
    expect(asked).toEqual(['get', 'lease.acquire', 'entry.fill'])
    expect([held(ENTRY), held(LEASE)]).toEqual([true, false])
    expect(fills(told)).toEqual([expect.stringMatching(/^stored miss \d+$/)])
  })

  it('is kept in Redis for its TTL and what it may be served after it', async () => {
    const { cache, held, clock } = await filling()
    await cache.getOrSet('a', () => 'value', { ttl: '1m', staleIfError: '30s' })
    await turns()
    clock.advance(89_999)
    expect(held(ENTRY)).toBe(true)
    clock.advance(1)
    expect(held(ENTRY)).toBe(false)
  })

  it('may be as large as an entry may be, and not larger: then nobody keeps it, and others may load', async () => {
    const { cache, told, asked, held } = await filling({ maxEntryBytes: 1000, compress: false })
    const read = async (length: number) => {
      await cache.invalidate({ keys: ['a'] })
      await cache.getOrSet('a', () => 'x'.repeat(length), { tags: ['t'] })
      await turns()
    }
    await read(800)
    const bytes = Number(fills(told)[0]?.split(' ')[2])
    told.length = 0
    await read(800 + 1000 - bytes)
    expect([fills(told), held(ENTRY)]).toEqual([['stored miss 1000'], true])
    told.length = 0
    asked.length = 0
    await read(801 + 1000 - bytes)
    expect(fills(told)).toEqual(['not-stored miss 1001'])
    expect([asked, held(LEASE)]).toEqual([['log.append', 'get', 'lease.acquire', 'lease.give-back'], false])
    expect(await cache.get('a')).toBeUndefined()
  })

  it('may be larger than that while it is not compressed', async () => {
    const { cache, told } = await filling({ maxEntryBytes: 1000, compress: { threshold: 500 } })
    await cache.getOrSet('a', () => 'x'.repeat(5000))
    for (let wait = 0; wait < 50 && fills(told).length === 0; wait += 1) await turns()
    expect(fills(told)).toEqual([expect.stringMatching(/^stored miss \d{2,3}$/)])
    expect(await cache.get('a')).toBe('x'.repeat(5000))
  })

  it('is kept here where Redis does not take it, and others may load', async () => {
    const { cache, told, answers, asked } = await filling()
    answers.set('entry.fill', gone())
    expect(await cache.getOrSet('a', () => 'value')).toBe('value')
    await turns()
    expect(fills(told)).toEqual([expect.stringMatching(/^not-stored miss \d+$/)])
    expect(asked.at(-1)).toBe('lease.give-back')
    expect(await cache.get('a')).toBe('value')
    answers.clear()
  })

  it('that cannot be stored is returned, told, and its lease given back', async () => {
    const { cache, told, asked, held } = await filling()
    const value = () => 'not for JSON'
    expect(await cache.getOrSet('a', () => value as unknown)).toBe(value)
    await turns()
    expect(told.filter(({ type }) => type === 'error')).toMatchObject([
      { operation: 'encode', error: { code: 'ERR_HOLDFAST_ENCODE' } },
    ])
    expect([asked.at(-1), held(LEASE)]).toEqual(['lease.give-back', false])
  })

  it('that is nothing is not stored, and its lease given back', async () => {
    const { cache, told, asked } = await filling()
    expect(await cache.getOrSet('a', () => undefined)).toBeUndefined()
    await turns()
    expect([fills(told), asked.at(-1)]).toEqual([[], 'lease.give-back'])
  })

  it('is of nobody’s use elsewhere where the log was not heard from as it was loaded', async () => {
    const { join, answers, server } = modelFleet()
    answers.set('log.beat', gone())
    const { cache, told } = join({ maxEntryBytes: 1000 })
    expect(await cache.getOrSet('a', () => 'value')).toBe('value')
    expect(await cache.getOrSet('b', () => 'x'.repeat(2000))).toHaveLength(2000)
    await turns()
    expect([server.get(ENTRY), fills(told)]).toEqual([null, [expect.stringMatching(/^not-stored miss 20\d\d$/)]])
    expect([await cache.getOrSet('a', () => 'again'), await cache.getOrSet('b', () => 'again')]).toEqual([
      'value',
      'again',
    ])
    answers.clear()
  })
})
