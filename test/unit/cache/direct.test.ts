import { describe, expect, it } from 'vitest'

import { createCache } from '../../../src/index.ts'

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
