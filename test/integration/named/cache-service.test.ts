/**
 * The five tests that the requirement names for the cache service, by their names, against a real Redis. What it calls
 * `get`, `set` and `invalidate` of a RedisCacheService are those of a Cache here.
 */
import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type Cache, type CacheOptions, type HoldfastEvent } from '../../../src/index.ts'
import { entryKey } from '../../../src/keys/redis-key.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()

interface Opened {
  readonly cache: Cache
  /** Of each read so far: its result, and where the value came from. */
  readonly reads: () => readonly string[]
}

/** A cache as one process has it. */
async function openCache(namespace: string, options: Partial<CacheOptions> = {}): Promise<Opened> {
  const redis = createRedis({ url: server.url, readTimeout: '5s' })
  await redis.ready()
  return watched(createCache({ redis, namespace, ...options }), () => redis.close())
}

function watched(cache: Cache, closeRedis: () => Promise<void>): Opened {
  const told: HoldfastEvent[] = []
  cache.on((event) => told.push(event))
  onTestFinished(async () => {
    await cache.close()
    await closeRedis()
  })
  return {
    cache,
    reads: () => told.flatMap((event) => (event.type === 'read' ? [`${event.result} ${event.tier}`] : [])),
  }
}

/** Asks Redis itself, past the cache. */
async function askRedis<T>(question: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(server.url)
  try {
    return await question(client)
  } finally {
    client.disconnect()
  }
}

const document = { id: 42, title: 'Budget', at: new Date(1_700_000_000_000) }

describe('test_cache_get_hit_returns_cached_value', () => {
  it('returns the value that another process stored, from Redis and then from its own memory', async () => {
    const namespace = uniqueNamespace()
    const writer = await openCache(namespace)
    const reader = await openCache(namespace)
    await writer.cache.set('requirements:42', document)

    expect(await reader.cache.get('requirements:42')).toStrictEqual(document)
    expect(await reader.cache.get('requirements:42')).toStrictEqual(document)
    expect(reader.reads()).toEqual(['hit l2', 'hit l1'])
  })
})

describe('test_cache_get_miss_returns_none', () => {
  it('returns undefined for a key that nobody stored, and stores nothing by asking', async () => {
    const namespace = uniqueNamespace()
    const { cache, reads } = await openCache(namespace)

    expect(await cache.get('requirements:42')).toBeUndefined()
    expect(reads()).toEqual(['miss none'])
    expect(await askRedis((client) => client.exists(entryKey(namespace, 'requirements:42')))).toBe(0)
  })

  it('does not take a stored null for a miss', async () => {
    const { cache, reads } = await openCache(uniqueNamespace())
    await cache.set('requirements:43', null)

    expect(await cache.get('requirements:43')).toBeNull()
    expect(reads()).toEqual(['hit l1'])
  })
})

describe('test_cache_set_stores_value_with_ttl', () => {
  it.each([
    ['the TTL that is given', { ttl: '15m' }, 15 * 60_000],
    ['an hour when none is given', {}, 60 * 60_000],
  ] as const)('gives the entry a life in Redis: %s', async (_which, options, ttlMs) => {
    const namespace = uniqueNamespace()
    const { cache } = await openCache(namespace)
    expect(await cache.set('features:all', [1, 2], options)).toMatchObject({ acknowledged: true, stored: true })

    const leftMs = await askRedis((client) => client.pttl(entryKey(namespace, 'features:all')))
    expect(leftMs).toBeLessThanOrEqual(ttlMs)
    // What Redis counted off since is not a minute.
    expect(leftMs).toBeGreaterThan(ttlMs - 60_000)
  })

  it('does not serve the value once its TTL has passed, from memory or from Redis', async () => {
    const namespace = uniqueNamespace()
    const clock = fakeClock(Date.now())
    const writer = await openCache(namespace, { clock })
    const reader = await openCache(namespace, { clock })
    await writer.cache.set('features:all', [1, 2], { ttl: '15m' })

    clock.advance(15 * 60_000 - 1)
    expect(await writer.cache.get('features:all')).toEqual([1, 2])
    expect(await reader.cache.get('features:all')).toEqual([1, 2])
    clock.advance(1)
    expect(await writer.cache.get('features:all')).toBeUndefined()
    expect(await reader.cache.get('features:all')).toBeUndefined()
    expect(await askRedis((client) => client.exists(entryKey(namespace, 'features:all')))).toBe(1)
  })
})

describe('test_cache_invalidate_removes_matching_keys', () => {
  const stored = ['requirements:latest', 'requirements:42', 'requirementsarchive:1', 'features:all']

  async function filled() {
    const namespace = uniqueNamespace()
    const here = await openCache(namespace)
    const there = await openCache(namespace)
    for (const key of stored) await here.cache.set(key, key, { tags: [`about ${key}`] })
    for (const key of stored) expect(await there.cache.get(key)).toBe(key)
    return { here: here.cache, there: there.cache }
  }

  it.each([
    ['a pattern', { pattern: 'requirements:*' }, ['requirementsarchive:1', 'features:all']],
    ['keys', { keys: ['requirements:42', 'features:all'] }, ['requirements:latest', 'requirementsarchive:1']],
    ['a tag', { tags: ['about features:all'] }, ['requirements:latest', 'requirements:42', 'requirementsarchive:1']],
    ['everything', { pattern: '*' }, []],
  ] as const)('takes what it names out of every process and leaves the rest: %s', async (_which, targets, left) => {
    const { here, there } = await filled()
    expect(await here.invalidate(targets)).toMatchObject({ acknowledged: true, queued: false })

    const found = async (cache: Cache) => {
      const values = await Promise.all(stored.map((key) => cache.get<string>(key)))
      return values.filter((value) => value !== undefined)
    }
    expect(await found(here)).toEqual(left)
    await vi.waitFor(async () => expect(await found(there)).toEqual(left), { timeout: 5000, interval: 10 })
  })
})

describe('test_connection_failure_graceful_degradation', () => {
  it('answers from the source without an error while Redis is gone, and from Redis when it is back', async () => {
    const own = await privateRedis()
    onTestFinished(() => own.stop())
    const redis = createRedis({ url: own.url })
    const { cache, reads } = watched(createCache({ redis, namespace: 'outage', bound: '300ms' }), () => redis.close())
    await cache.set('a', 'cached')
    own.signal('SIGKILL')
    await own.exited
    await vi.waitFor(() => expect(cache.health().state).toBe('degraded'), { timeout: 10_000, interval: 20 })

    // What this process wrote itself serves it for the bound, which may end a little after the log was last heard.
    await vi.waitFor(async () => expect(await cache.get('a')).toBeUndefined(), { interval: 20 })
    expect(await cache.getOrSet('a', () => 'from the source')).toBe('from the source')
    expect(reads().slice(-2)).toEqual(['bypass none', 'bypass none'])
    expect(await cache.set('b', 1)).toMatchObject({ acknowledged: false, queued: true, stored: false })
    expect(await cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: false, queued: true })

    await own.restart()
    await vi.waitFor(() => expect(cache.health().state).toBe('ok'), { timeout: 10_000, interval: 20 })
    expect(await cache.set('b', 2)).toMatchObject({ acknowledged: true, stored: true })
  })
})
