import { describe, expect, it } from 'vitest'

import { memoryCache, turn } from '../../support/memory-cache.ts'
import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'

describe('explain', () => {
  it('says what a read would be given and why', async () => {
    const { cache, clock } = memoryCache()
    const answer = async () => (await cache.explain('a:b')).answer
    expect(await answer()).toBe('a load: nothing is stored')
    await cache.getOrSet('a:b', () => 1, { ttl: '1h', grace: '1h', tags: ['t'] })
    expect(await answer()).toBe('a hit, from this process')
    clock.advance(3_600_000)
    expect(await answer()).toBe('a load: its TTL has passed; nothing that it depends on was invalidated')
    for (const [target, words] of [
      [{ tags: ['t'] }, 't:t was invalidated after its load began'],
      [{ pattern: 'a:*' }, 'p:a: was invalidated after its load began'],
      [{ pattern: '?:b' }, 'g:?:b was invalidated after its load began'],
      [{ all: true }, 'everything as old as it was invalidated, or folded away'],
    ] as const) {
      await cache.set('a:b', 2, { tags: ['t'] })
      await cache.invalidate(target)
      expect(await answer()).toBe(`a load: ${words}`)
    }
  })

  it('shows the entry, and what happened to the key', async () => {
    const { cache, clock } = memoryCache()
    await cache.getOrSet('a', () => (clock.advance(5), 1), { ttl: '1h', tags: ['t'] })
    const { process, redis, lease, log, events } = await cache.explain('a')
    expect(process).toMatchObject({ state: 'held', verdict: 'fresh', tags: ['t'], loadCostMs: 5, objections: [] })
    expect([redis, lease]).toEqual([{ state: 'absent' }, { state: 'free' }])
    expect(log).toMatchObject({ state: 'ready', heardMsAgo: 0 })
    expect(events.map(({ event }) => event.type)).toEqual(['read', 'load'])
  })

  it('says what Redis holds, and what speaks against it', async () => {
    const { join, answers, clock } = modelFleet()
    answers.set('lease.peek', ['', -2])
    const [one, other] = [join().cache, join().cache]
    const said = async () => {
      const { answer, process, redis } = await other.explain('a')
      return { answer, process: process.state, redis: redis.state === 'held' ? redis.verdict : redis.state }
    }
    await other.getOrSet('warm up', () => 1)
    await one.getOrSet('warm up', () => 1)
    expect(await said()).toEqual({ answer: 'a load: nothing is stored', process: 'absent', redis: 'absent' })
    await one.getOrSet('a', () => 'v', { ttl: '1h', grace: '1h', tags: ['t'] })
    await turn()
    expect(await said()).toEqual({ answer: 'a hit, from Redis', process: 'absent', redis: 'fresh' })
    const { redis } = await other.explain('a')
    expect(redis).toMatchObject({ state: 'held', tags: ['t'], objections: [], bytes: expect.any(Number) })
    expect(redis).toHaveProperty('because', 'nothing that it depends on was invalidated since its load began')

    answers.set('log.beat', gone())
    clock.advance(2001)
    await turn()
    expect(await said()).toEqual({
      answer: 'a hit from Redis, once the log has been heard from',
      process: 'absent',
      redis: 'unheard',
    })
    answers.delete('log.beat')
    clock.advance(500)
    await turn()
    await one.invalidate({ tags: ['t'] })
    await other.get('a', { consistency: 'strict' })
    expect(await said()).toEqual({
      answer: 'a load: t:t was invalidated after its load began',
      process: 'absent',
      redis: 'invalidated',
    })
  })

  it('says when Redis cannot be asked, and when it holds what nobody here can read', async () => {
    const { join, answers } = modelFleet()
    answers.set('lease.peek', ['', -2])
    const { cache } = join()
    answers.set('get', Buffer.from('no entry'))
    const unreadable = await cache.explain('a')
    expect(unreadable.redis).toEqual({
      state: 'unreadable',
      bytes: 8,
      because: expect.stringContaining('cannot be read'),
    })
    expect(unreadable.answer).toBe(`a load: ${(unreadable.redis as { because: string }).because}`)
    answers.set('get', gone())
    const { redis, answer } = await cache.explain('a')
    expect([redis, answer]).toEqual([{ state: 'unavailable' }, 'Redis cannot be asked: the source is'])
  })

  it('says that an invalidation of this process covers an entry while Redis has not acknowledged it', async () => {
    const { join, answers } = modelFleet()
    answers.set('lease.peek', ['', -2])
    const { cache } = join()
    await cache.getOrSet('a', () => 'v')
    await turn()
    answers.set('log.append', gone())
    await cache.invalidate({ keys: ['a'] })
    expect((await cache.explain('a')).process).toMatchObject({
      verdict: 'invalidated',
      because: 'an invalidation of this process covers it, which Redis has not acknowledged yet',
    })
  })

  it('refuses what is no key', async () => {
    await expect(memoryCache().cache.explain('')).rejects.toMatchObject({ code: 'ERR_HOLDFAST_KEY' })
  })
})
