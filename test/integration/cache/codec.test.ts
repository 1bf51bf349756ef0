import { hash } from 'node:crypto'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createKeyRing, createRedis, type CacheOptions, type HoldfastEvent } from '../../../src/index.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()
const secret = (label: number): string => hash('sha256', `key ${label}`, 'base64')

async function cacheOn(namespace: string, options: Partial<CacheOptions> = {}) {
  const redis = createRedis({ url: server.url, readTimeout: '5s' })
  const cache = createCache({ redis, namespace, ...options })
  const told: HoldfastEvent[] = []
  cache.on((event) => told.push(event))
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await redis.ready()
  return { cache, told }
}

async function storedBytes(namespace: string, key: string): Promise<Buffer> {
  const client = new Client(server.url)
  onTestFinished(() => client.disconnect())
  return vi.waitFor(async () => {
    const bytes = await client.getBuffer(`hf:${namespace}:e:{${key}}`)
    if (!bytes) throw new Error('not stored yet')
    return bytes
  })
}

const words = (count: number): string[] => Array.from({ length: count }, (_, at) => `requirement number ${at % 97}`)

describe('values on their way through Redis', () => {
  it.each([
    ['small', words(3)],
    ['large', words(1500)],
    ['so large that another thread compresses them', words(12_000)],
  ])('are %s and come back as they were, in either form', async (_size, value) => {
    const namespace = uniqueNamespace()
    const [here, there] = [await cacheOn(namespace), await cacheOn(namespace)]
    await here.cache.getOrSet('a', () => value)
    const bytes = await storedBytes(namespace, 'a')
    const text = JSON.stringify(value)
    expect(bytes.length).toBeLessThan(text.length > 16_384 ? text.length / 3 : text.length + 46)
    expect(await there.cache.getOrSet('a', () => expect.unreachable())).toEqual(value)
    const late = await cacheOn(namespace)
    expect((await late.cache.getOrSetJson('a', () => expect.unreachable())).body.toString()).toBe(text)
    expect(await late.cache.getOrSetMany(['a'], () => expect.unreachable())).toEqual(new Map([['a', value]]))
  })

  it('are kept here at once, also while another thread compresses them', async () => {
    const { cache, told } = await cacheOn(uniqueNamespace(), { lease: false })
    await cache.getOrSet('a', () => words(12_000))
    await cache.getOrSet('a', () => expect.unreachable())
    expect(told.filter((event) => event.type === 'load')).toHaveLength(1)
  })
})

describe('a key ring', () => {
  const ring = () => createKeyRing({ keys: { one: secret(1) } })

  it('leaves nothing of a value readable in Redis, and shares it with who has the keys', async () => {
    const namespace = uniqueNamespace()
    const here = await cacheOn(namespace, { encrypt: ring() })
    await here.cache.getOrSet('a', () => ({ name: 'Ada Lovelace' }), { tags: ['people'] })
    const bytes = await storedBytes(namespace, 'a')
    expect(bytes.includes('people'), 'tags are for the sweeper to read').toBe(true)
    expect(bytes.includes('Ada')).toBe(false)
    const there = await cacheOn(namespace, { encrypt: ring() })
    expect(await there.cache.get('a')).toEqual({ name: 'Ada Lovelace' })
    expect((await there.cache.explain('a')).answer).toBe('a hit, from this process')
  })

  it('takes for missing what was not sealed with one of its keys, or for this very key, and tells', async () => {
    const namespace = uniqueNamespace()
    const plain = await cacheOn(namespace)
    const sealing = await cacheOn(namespace, { encrypt: ring() })
    await plain.cache.getOrSet('plain', () => 'anybody may have written this')
    await sealing.cache.getOrSet('sealed', () => 'a secret')
    const bytes = await storedBytes(namespace, 'sealed')
    await storedBytes(namespace, 'plain')
    const client = new Client(server.url)
    onTestFinished(() => client.disconnect())
    await client.set(`hf:${namespace}:e:{elsewhere}`, bytes)

    const other = await cacheOn(namespace, { encrypt: { keys: { one: secret(2) } } })
    for (const [{ cache, told }, key] of [
      [sealing, 'plain'],
      [sealing, 'elsewhere'],
      [other, 'sealed'],
      [plain, 'sealed'],
    ] as const) {
      expect(await cache.get(key)).toBeUndefined()
      const failed = { type: 'error', operation: 'decode', error: { code: 'ERR_HOLDFAST_DECODE' } }
      expect(told.findLast(({ type }) => type === 'error')).toMatchObject(failed)
      expect((await cache.explain(key)).redis).toMatchObject({ state: 'unreadable' })
      expect(await cache.getOrSet(key, () => 'loaded'), 'and is loaded instead').toBe('loaded')
    }
  })
})
