import { describe, expect, it } from 'vitest'

import { createCache } from '../../../src/index.ts'

function switchedOff() {
  const cache = createCache({ redis: null, namespace: 'test', enabled: false })
  const told: string[] = []
  cache.on((event) => told.push(event.type === 'read' ? `read ${event.result}` : event.type))
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
    expect(told).toEqual(['read bypass', 'read bypass', 'read bypass', 'read bypass'])
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
