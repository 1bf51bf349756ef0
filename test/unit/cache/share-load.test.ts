import { describe, expect, it } from 'vitest'

import { gone, modelFleet } from '../../simulation/redis/model-fleet.ts'
import { held, memoryCache, turn } from '../../support/memory-cache.ts'

const turns = async (): Promise<void> => {
  for (let at = 0; at < 6; at += 1) await turn()
}

async function two() {
  const fleet = modelFleet()
  const [one, other] = [fleet.join(), fleet.join()]
  for (const { cache } of [one, other]) await cache.getOrSet('warm up', () => 1)
  await turns()
  return { ...fleet, one, other }
}

describe('who joins a load of this process', () => {
  it('has its value, however long the load takes, where nothing of it was invalidated meanwhile', async () => {
    const { cache, clock, transcript } = memoryCache({ bound: '2s' })
    const slow = held<string>()
    const first = cache.getOrSet('a', slow.loader)
    await turn()
    await cache.invalidate({ tags: ['other'] })
    clock.advance(2000)
    const within = cache.getOrSet('a', slow.loader)
    await turn()
    clock.advance(1)
    const past = cache.getOrSet('a', slow.loader)
    await turn()
    expect(slow.calls).toHaveLength(1)
    slow.calls[0]?.('first')
    expect(await Promise.all([first, within, past])).toEqual(['first', 'first', 'first'])
    expect(transcript.filter((line) => line.startsWith('joined'))).toHaveLength(2)
  })

  it('that is not judged fresh has it by its age alone, and not where this process invalidated it', async () => {
    const { join, answers, clock } = modelFleet()
    answers.set('log.beat', gone())
    const { cache } = join({ bound: '2s' })
    await cache.get('a')
    const slow = held<string>()
    const first = cache.getOrSet('a', slow.loader)
    await turns()
    clock.advance(2000)
    const within = cache.getOrSet('a', slow.loader)
    await turns()
    clock.advance(1)
    const past = cache.getOrSet('a', slow.loader)
    await turns()
    slow.calls[0]?.('first')
    expect(await Promise.all([first, within])).toEqual(['first', 'first'])
    await turns()
    expect(slow.calls).toHaveLength(2)
    const before = cache.getOrSet('b', slow.loader)
    await turns()
    await cache.invalidate({ keys: ['b'] })
    const after = cache.getOrSet('b', slow.loader)
    await turns()
    slow.calls[1]?.('second')
    slow.calls[2]?.('of before')
    expect([await past, await before]).toEqual(['second', 'of before'])
    await turns()
    slow.calls[3]?.('of after')
    expect(await after).toBe('of after')
    answers.clear()
  })

  it('has one of before an invalidation elsewhere within the bound, and strictly only one of after it', async () => {
    const { one, other } = await two()
    const slow = held<string>()
    const first = one.cache.getOrSet('a', slow.loader)
    await turns()
    await other.cache.invalidate({ keys: ['a'] })
    const bounded = one.cache.getOrSet('a', slow.loader)
    const strict = one.cache.getOrSet('a', slow.loader, { consistency: 'strict' })
    await turns()
    slow.calls[0]?.('began before')
    expect(await Promise.all([first, bounded])).toEqual(['began before', 'began before'])
    await turns()
    expect(slow.calls).toHaveLength(2)
    slow.calls[1]?.('began after')
    expect(await strict).toBe('began after')
  })

  it('strictly has one of before its read where the log was heard since and nothing of it was invalidated', async () => {
    const { one } = await two()
    const slow = held<string>()
    const first = one.cache.getOrSet('a', slow.loader)
    await turns()
    const strict = one.cache.getOrSet('a', slow.loader, { consistency: 'strict' })
    await turns()
    slow.calls[0]?.('began before')
    expect(await Promise.all([first, strict])).toEqual(['began before', 'began before'])
    expect(slow.calls).toHaveLength(1)
  })
})

describe('who waits for a load of another process', () => {
  it('reads what came of it, strictly where it was asked to', async () => {
    const { one, other, asked } = await two()
    const slow = held<string>()
    const first = one.cache.getOrSet('a', slow.loader)
    await turns()
    const bounded = other.cache.getOrSet('a', () => 'not asked')
    await turns()
    const before = asked.filter((command) => command === 'log.beat').length
    slow.calls[0]?.('loaded there')
    expect(await Promise.all([first, bounded])).toEqual(['loaded there', 'loaded there'])
    expect(asked.filter((command) => command === 'log.beat').length - before).toBe(0)
    const second = held<string>()
    const again = one.cache.getOrSet('b', second.loader)
    await turns()
    const strict = other.cache.getOrSet('b', () => 'not asked', { consistency: 'strict' })
    await turns()
    const heard = asked.filter((command) => command === 'log.beat').length
    second.calls[0]?.('loaded there')
    expect(await Promise.all([again, strict])).toEqual(['loaded there', 'loaded there'])
    expect(asked.filter((command) => command === 'log.beat').length - heard).toBe(1)
  })

  it('is told, and waits no longer than half a minute: then it loads without a lease', async () => {
    const { one, other, clock, server } = await two()
    const slow = held<string>()
    void one.cache.getOrSet('a', slow.loader)
    await turns()
    const waiting = other.cache.getOrSet('a', () => 'loaded here')
    for (let at = 0; at < 30; at += 1) {
      await turns()
      expect(await Promise.race([waiting, turns().then(() => 'waits')])).toBe('waits')
      clock.advance(1000)
    }
    expect(server.text('hf:test:l:{a}')).not.toBeNull()
    for (let at = 0; at < 4; at += 1) {
      await turns()
      clock.advance(1000)
    }
    expect(await waiting).toBe('loaded here')
    expect(other.told).toContainEqual({ type: 'load-joined', key: 'a', scope: 'fleet' })
    expect(slow.calls).toHaveLength(1)
    slow.calls[0]?.('late')
  })

  it('loads without a lease where Redis could not be asked for the value', async () => {
    const { one, asked, answers } = await two()
    answers.set('get', gone())
    asked.length = 0
    expect(await one.cache.getOrSet('a', () => 'loaded')).toBe('loaded')
    expect(asked).not.toContain('lease.acquire')
    answers.clear()
  })
})
