import { describe, expect, it } from 'vitest'

import { memoryCache } from '../../support/memory-cache.ts'

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

  it('refuses what is no key', async () => {
    await expect(memoryCache().cache.explain('')).rejects.toMatchObject({ code: 'ERR_HOLDFAST_KEY' })
  })
})
