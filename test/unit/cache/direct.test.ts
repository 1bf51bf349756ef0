import { describe, expect, it } from 'vitest'

import { createCache, type HoldfastEvent } from '../../../src/index.ts'
import { memoryCache } from '../../support/memory-cache.ts'

function switchedOff() {
  const cache = createCache({ redis: null, namespace: 'test', enabled: false })
  const told: string[] = []
  cache.on((event) => told.push(event.type === 'read' ? `read ${event.result}` : event.type))
  return { cache, told }
}

function caching() {
  const cache = createCache({ redis: null, namespace: 'test' })
  const told: string[] = []
  cache.on((event) => told.push(event.type === 'switch' ? `switch ${event.enabled} ${event.by}` : event.type))
  return { cache, told }
}

describe('a cache that is switched off', () => {
  it('asks the source with every read, also at the same time, and keeps nothing', async () => {
    const { cache, told } = switchedOff()
    let loads = 0
    const read = () => cache.getOrSet('a', () => (loads += 1), { tags: ['t'], ttl: '1h' })
    expect(await Promise.all([read(), read()])).toEqual([1, 2])
    expect(await read()).toBe(3)
    expect(await cache.get('a')).toBeUndefined()
    expect(told).toEqual(['load', 'read bypass', 'load', 'read bypass', 'load', 'read bypass', 'read bypass'])
  })

  it('freezes a value that somebody is given, so that it hides no mistake, and not one that is only sent as text', async () => {
    const { cache } = switchedOff()
    const [given, many, sent] = [{ deep: [1] }, { deep: [2] }, { deep: [3] }]
    await cache.getOrSet('a', () => given)
    await cache.getOrSetMany(['b'], () => ({ b: many }))
    expect((await cache.getOrSetJson('c', () => sent)).body.toString()).toBe('{"deep":[3]}')
    expect([given, many, sent].map((value) => Object.isFrozen(value.deep))).toEqual([true, true, false])
  })

  it('still tells others what a write makes stale', async () => {
    const { cache, told } = switchedOff()
    expect(await cache.set('a', 1)).toMatchObject({ acknowledged: true, stored: false })
    expect(await cache.invalidate({ tags: ['t'] })).toMatchObject({ acknowledged: true })
    expect(told).toEqual(['invalidation', 'invalidation'])
  })

  it('gives a loader the same context and the same limits', async () => {
    const { cache } = switchedOff()
    const load = cache.getOrSet('a', ({ tag, ttl, signal }) => (tag('t'), ttl('1m'), signal.aborted))
    expect(await load).toBe(false)
    await expect(cache.getOrSet('', () => 1)).rejects.toMatchObject({ code: 'ERR_HOLDFAST_KEY' })
    await expect(cache.getOrSet('a', () => Promise.reject(new TypeError('no')))).rejects.toThrow(new TypeError('no'))
  })
})

describe('a cache that is switched while it runs', () => {
  it('asks the source with every read from then on, and goes on where it was when it is switched back', async () => {
    const { cache, told } = caching()
    let loads = 0
    const read = () => cache.getOrSet('a', () => (loads += 1))
    expect([await read(), await read()]).toEqual([1, 1])
    expect(await cache.switchTo(false, { by: 'ada', reason: 'a doubt' })).toEqual({ acknowledged: true })
    expect(cache.enabled()).toBe(false)
    expect([await read(), await read(), await cache.get('a')]).toEqual([2, 3, undefined])
    expect((await cache.getOrSetMany(['a', 'b'], (keys) => Object.fromEntries(keys.map((key) => [key, 9])))).size).toBe(
      2,
    )
    expect((await cache.getMany(['a', 'b'])).size).toBe(0)
    expect((await cache.getOrSetJson('a', () => 9)).body.toString()).toBe('9')
    await cache.switchTo(true)
    expect(await read()).toBe(1)
    expect(told.filter((line) => line.startsWith('switch'))).toEqual(['switch false ada', 'switch true '])
  })

  it('does not serve after it is switched back what was invalidated meanwhile', async () => {
    const { cache } = caching()
    await cache.set('a', 'old')
    await cache.switchTo(false)
    await cache.invalidate({ keys: ['a'] })
    await cache.switchTo(true)
    expect(await cache.get('a')).toBeUndefined()
  })

  it('stays off when it was made so', async () => {
    const { cache } = switchedOff()
    await cache.switchTo(true)
    expect(cache.enabled()).toBe(false)
  })
})

describe('what a cache that is switched off tells', () => {
  it('has every read and load of one key or of many, with how long each took', async () => {
    const { cache, clock } = memoryCache({ enabled: false })
    const told: HoldfastEvent[] = []
    cache.on((event) => told.push(event))
    const slow = async (keys: readonly string[]) => {
      clock.advance(40)
      return Object.fromEntries(keys.map((key) => [key, 1]))
    }
    const after = async (work: () => Promise<unknown>) => {
      told.length = 0
      await work().catch(() => undefined)
      return told.map((event) =>
        'key' in event && 'durationMs' in event
          ? [
              event.type,
              event.key,
              'outcome' in event ? event.outcome : 'tier' in event && event.tier,
              event.durationMs,
            ]
          : event.type,
      )
    }
    expect(await after(() => cache.getOrSet('a', () => slow(['a'])))).toEqual([
      ['load', 'a', 'ok', 40],
      ['read', 'a', 'none', 40],
    ])
    expect(await after(() => cache.getMany(['a', 'b']))).toEqual([
      ['read', 'a', 'none', 0],
      ['read', 'b', 'none', 0],
    ])
    expect(await after(() => cache.getOrSetMany(['a', 'b', 'a'], slow, { tags: ['t'] }))).toEqual([
      ['load', 'a', 'ok', 40],
      ['load', 'b', 'ok', 40],
      ['read', 'a', 'none', 40],
      ['read', 'b', 'none', 40],
    ])
    const failing = async (keys: readonly string[]) => slow(keys).then(() => Promise.reject(new Error('down')))
    expect(await after(() => cache.getOrSetMany(['a'], failing))).toEqual([
      ['load', 'a', 'error', 40],
      ['read', 'a', 'none', 40],
    ])
    const read = cache.getOrSetMany(['a', 'b'], () => new Promise<never>(() => undefined), { timeout: '1s' })
    clock.advance(1000)
    await expect(read).rejects.toThrow('The loader of 2 keys did not finish within 1000 ms')
  })

  it('names the key of a value that was set', async () => {
    const { cache } = memoryCache({ enabled: false })
    const other = await cache.getOrSet('a', () => 1)
    const told: HoldfastEvent[] = []
    cache.on((event) => told.push(event))
    await cache.set('a', 1)
    expect([other, told]).toMatchObject([1, [{ type: 'invalidation', kinds: ['key'] }]])
  })
})
