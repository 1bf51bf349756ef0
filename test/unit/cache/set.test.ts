import { describe, expect, it } from 'vitest'

import type { HoldfastEvent } from '../../../src/index.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'
import { memoryCache, turn } from '../../support/memory-cache.ts'

const fills = (told: readonly HoldfastEvent[]) => told.filter((event) => event.type === 'fill')

async function two(options = {}) {
  const fleet = modelFleet()
  const [one, other] = [fleet.join(options), fleet.join()]
  await Promise.all([one.cache.get('warm up'), other.cache.get('warm up')])
  fleet.asked.length = 0
  return { ...fleet, ...one, other: other.cache }
}

describe('a value that is set', () => {
  it('is marked in the log first and written then, and is read here and elsewhere', async () => {
    const { cache, other, asked, told } = await two()
    const { id, ...result } = await cache.set('a', { n: 1 }, { tags: ['t'], ttl: '1m' })
    expect(result).toEqual({ acknowledged: true, queued: false, stored: true })
    expect(id).not.toBe('')
    expect(asked).toEqual(['log.append', 'entry.fill'])
    expect(fills(told)).toEqual([
      { type: 'fill', key: 'a', outcome: 'stored', trigger: 'set', bytes: expect.any(Number) },
    ])
    asked.length = 0
    expect([await cache.get('a'), asked]).toEqual([{ n: 1 }, []])
    expect(await other.get('a')).toEqual({ n: 1 })
  })

  it('is not written where a tag of it was invalidated elsewhere meanwhile: it may be of before', async () => {
    const { cache, other, asked, told } = await two()
    await other.invalidate({ tags: ['t'] })
    asked.length = 0
    expect(await cache.set('a', 1, { tags: ['t'] })).toMatchObject({ acknowledged: true, stored: false })
    expect([asked, fills(told)]).toEqual([['log.append'], []])
    expect(await cache.get('a')).toBeUndefined()
  })

  it('is not kept where Redis does not take it, and that is told', async () => {
    const { cache, answers, told } = await two()
    answers.set('entry.fill', gone())
    expect(await cache.set('a', 1)).toMatchObject({ acknowledged: true, stored: false })
    answers.clear()
    expect(fills(told)).toMatchObject([{ key: 'a', outcome: 'not-stored', trigger: 'set' }])
    expect(await cache.get('a')).toBeUndefined()
    answers.set('log.append', gone())
    expect(await cache.set('a', 1)).toMatchObject({ acknowledged: false, queued: true, stored: false })
  })

  it('is not kept where Redis holds a younger one', async () => {
    const { cache, other, redis, join } = await two()
    const run: typeof redis.run = async (script, keys, args) => {
      if (script.name === 'entry.fill') {
        await other.invalidate({ keys: ['b'] })
        await other.getOrSet('a', () => 'younger', { consistency: 'strict' })
        await turn()
      }
      return redis.run(script, keys, args)
    }
    const slow = join({ redis: { ...redis, run } })
    await slow.cache.get('warm up')
    expect(await slow.cache.set('a', 'older')).toMatchObject({ acknowledged: true, stored: false })
    expect(fills(slow.told)).toMatchObject([{ outcome: 'newer-kept' }])
    expect(await cache.get('a')).toBe('younger')
  })

  it('is refused where it is larger than an entry may be, and told with its size', async () => {
    const { cache, told } = await two({ maxEntryBytes: 1000 })
    expect(await cache.set('a', 'x'.repeat(900))).toMatchObject({ stored: true })
    const bytes = fills(told)[0]?.bytes ?? 0
    expect(await cache.set('a', 'x'.repeat(900 + 1000 - bytes))).toMatchObject({ stored: true })
    expect(await cache.set('a', 'x'.repeat(901 + 1000 - bytes))).toMatchObject({ acknowledged: true, stored: false })
    expect(fills(told).slice(1)).toEqual([
      { type: 'fill', key: 'a', outcome: 'stored', trigger: 'set', bytes: 1000 },
      { type: 'fill', key: 'a', outcome: 'not-stored', trigger: 'set', bytes: 1001 },
    ])
    expect(await cache.get('a')).toBeUndefined()
  })

  it('is kept in Redis for its TTL and what it may be served after it', async () => {
    const { cache, server, clock } = await two()
    await cache.set('a', 1, { ttl: '1m', grace: '30s' })
    const held = () => server.keyspace.string('hf:test:e:{a}', server.nowMs) !== undefined
    clock.advance(89_999)
    expect(held()).toBe(true)
    clock.advance(1)
    expect(held()).toBe(false)
  })

  it('without a TTL is only an invalidation', async () => {
    const { cache, asked } = await two()
    await cache.set('a', 1)
    asked.length = 0
    expect(await cache.set('a', 2, { ttl: () => 0 })).toMatchObject({ acknowledged: true, stored: false })
    expect(asked).toEqual(['log.append'])
    expect(await cache.get('a')).toBeUndefined()
  })

  it('that stands for absence is refused, in words', async () => {
    const { cache } = memoryCache()
    await expect(cache.set('a', undefined)).rejects.toThrow(
      'set() got undefined, which stands for absence: to remove a key, invalidate it',
    )
  })
})

describe('a value that is set before the log was heard from', () => {
  it('is written where nothing of it was ever marked', async () => {
    const { join } = modelFleet()
    const { cache } = join()
    expect(await cache.set('a', 1)).toMatchObject({ stored: true })
    expect(await cache.get('a')).toBe(1)
  })

  it('is not where something of it was, by whomever', async () => {
    const { join, other } = await two()
    await other.invalidate({ tags: ['t'] })
    const { cache } = join()
    expect(await cache.set('a', 1, { tags: ['t'] })).toMatchObject({ acknowledged: true, stored: false })
    const late = join().cache
    const calls = [late.set('b', 1), late.invalidate({ keys: ['b'] })]
    expect(await Promise.all(calls)).toMatchObject([{ stored: false }, { acknowledged: true }])
  })

  it('is not where the log does not answer', async () => {
    const { join, answers } = modelFleet()
    answers.set('log.beat', gone())
    const { cache } = join()
    expect(await cache.set('a', 1)).toMatchObject({ acknowledged: true, stored: false })
    await turn()
    answers.clear()
  })
})
