import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createCache, createRedis, type Cache } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { uniqueNamespace } from '../../support/redis.ts'
import { seeded } from '../../support/seeded.ts'

async function serverOf(maxMemory: string) {
  const server = await privateRedis({ maxMemory })
  const client = new Client(server.url)
  onTestFinished(async () => {
    client.disconnect()
    await server.stop()
  })
  return { url: server.url, client }
}

async function cacheOn(url: string, namespace: string, maxBytes?: number): Promise<Cache> {
  const redis = createRedis({ url, readTimeout: '5s' })
  const cache = createCache({ redis, namespace, ...(maxBytes && { maxBytes }) })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await redis.ready()
  return cache
}

describe('test_concurrent_cache_operations', () => {
  it('answers thousands of reads, writes and invalidations at once, each with a value that was current for it', async () => {
    const { url } = await serverOf('64mb')
    const namespace = uniqueNamespace()
    const caches = [await cacheOn(url, namespace), await cacheOn(url, namespace)] as const
    const random = seeded(404)
    const versions = new Map<string, number>()
    const wrong: string[] = []
    const operation = async (): Promise<void> => {
      const key = `item:${random.below(50)}`
      const cache = random.pick(caches)
      const least = versions.get(key) ?? 0
      const load = (): number => versions.get(key) ?? 0
      if (random.below(10) > 0) {
        const read = await cache.getOrSet(key, load, { consistency: 'strict' })
        if (typeof read !== 'number') wrong.push(`${key} read ${String(read)}`)
        return
      }
      versions.set(key, least + 1)
      const { acknowledged } = await cache.invalidate({ keys: [key] })
      // By the process that invalidated, at once; by others within the bound.
      const read = await cache.getOrSet(key, load)
      if (!acknowledged || read <= least) wrong.push(`${key} read ${read} after version ${least + 1}`)
    }
    // In waves, so that later ones find what earlier ones left.
    for (let wave = 0; wave < 50; wave += 1) await Promise.all(Array.from({ length: 100 }, operation))
    expect(wrong).toEqual([])
    for (const [key, version] of versions) {
      for (const cache of caches) {
        expect(await cache.getOrSet(key, () => version, { consistency: 'strict' })).toBe(version)
      }
    }
  })
})

describe('test_memory_usage_within_limits', () => {
  it('keeps Redis within its limit by evicting entries, and never the log', async () => {
    const { url, client } = await serverOf('8mb')
    const namespace = uniqueNamespace()
    const cache = await cacheOn(url, namespace, 1_000_000)
    const value = 'x'.repeat(10_000)
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => cache.set(`item:${round}:${index}`, value)))
    }
    expect(await cache.set('last', value), 'there is still room made').toMatchObject({ stored: true })
    const info = await client.info()
    const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1])
    expect(field('used_memory')).toBeLessThanOrEqual(field('maxmemory') * 1.05)
    expect(field('evicted_keys')).toBeGreaterThan(0)
    expect(await client.exists(`hf:{${namespace}}:head`, `hf:{${namespace}}:log`)).toBe(2)
    expect(await cache.getOrSet('after', () => 'still answering')).toBe('still answering')
  })
})
