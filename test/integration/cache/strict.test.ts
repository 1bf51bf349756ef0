import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createCache, createRedis, type Cache } from '../../../src/index.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'
import { createTcpProxy } from '../../support/tcp-proxy.ts'

const server = testRedis()

async function cacheOn(url: string, namespace: string): Promise<Cache> {
  const redis = createRedis({ url, readTimeout: '5s' })
  // A bound and a heartbeat so long that nothing but strictness brings news in time.
  const cache = createCache({ redis, namespace, bound: '60s' })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await redis.ready()
  await cache.get('warm-up')
  return cache
}

describe('consistency: strict', () => {
  it('serves no value that an acknowledged invalidation covers, however long the bound and however slow the tail', async () => {
    const namespace = uniqueNamespace()
    const proxy = await createTcpProxy({ target: server })
    onTestFinished(() => proxy.close())
    const [here, there] = [await cacheOn(proxy.url, namespace), await cacheOn(server.url, namespace)]
    for (let round = 1; round <= 50; round += 1) {
      const read = (cache: Cache) => cache.getOrSet('a', () => round, { consistency: 'strict' })
      await Promise.all([read(here), read(there)])
      await there.invalidate({ keys: ['a'] })
      expect(await here.getOrSet('a', () => round + 0.5, { consistency: 'strict' })).toBe(round + 0.5)
      await there.invalidate({ keys: ['a'] })
    }
  })

  it('serves a hit in one round trip: a read and a heartbeat, and all strict reads of a turn share both', async () => {
    const cache = await cacheOn(server.url, uniqueNamespace())
    await cache.set('a', 1)
    const client = new Client(server.url)
    onTestFinished(() => client.disconnect())
    await client.config('RESETSTAT')
    expect(await Promise.all([1, 2, 3].map(() => cache.get('a', { consistency: 'strict' })))).toEqual([1, 1, 1])
    const stats = await client.info('commandstats')
    const calls = (command: string): number =>
      Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
    expect({ mget: calls('mget'), evalsha: calls('evalsha') }).toEqual({ mget: 1, evalsha: 1 })
  })

  it('holds for all reads of a family that asks for it, and for none of one that does not', async () => {
    const namespace = uniqueNamespace()
    const proxy = await createTcpProxy({ target: server })
    onTestFinished(() => proxy.close())
    const [here, there] = [await cacheOn(proxy.url, namespace), await cacheOn(server.url, namespace)]
    let version = 1
    const strict = here.family('strict', { consistency: 'strict', load: (_id: string) => version })
    const bounded = here.family('bounded', { load: (_id: string) => version })
    expect([await strict.get('a'), await bounded.get('a')]).toEqual([1, 1])
    // What the tail brings is late; the heartbeat of a strict read does not wait for it.
    proxy.delay(1000)
    version = 2
    await there.invalidate({ pattern: '*' })
    expect(await bounded.get('a')).toBe(1)
    expect(await strict.get('a')).toBe(2)
  })

  it('asks the source when Redis cannot be heard', async () => {
    const proxy = await createTcpProxy({ target: server })
    onTestFinished(() => proxy.close())
    const cache = await cacheOn(proxy.url, uniqueNamespace())
    await cache.set('a', 'cached')
    proxy.refuse()
    proxy.dropAll()
    expect(await cache.getOrSet('a', () => 'source', { consistency: 'strict' })).toBe('source')
    expect(await cache.get('a', { consistency: 'strict' })).toBeUndefined()
  })
})
