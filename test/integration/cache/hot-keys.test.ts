import { describe, expect, it } from 'vitest'

import { createCache, createHotKeys, createRedis } from '../../../src/index.ts'
import { createHotKeyStore } from '../../../src/store/hot-key-store.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()
const options = { halfLifeMs: 3_600_000, keep: 3, ttlMs: 60_000 }

describe('the hottest keys of a fleet', () => {
  it('add up over processes that save at once, and only the hottest are kept', async () => {
    await using redis = createRedis({ url: server.url })
    const store = createHotKeyStore(redis, uniqueNamespace(), options)
    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.add([
          ['a', 1],
          ['b', 3],
          ['c', 2],
          ['d', 0.5],
        ]),
      ),
    )
    const saved = await store.read()
    expect(saved.map(([key]) => key)).toEqual(['b', 'c', 'a'])
    expect(saved.map(([, heat]) => Math.round(heat))).toEqual([30, 20, 10])
  })

  it('lose half their heat per half-life', async () => {
    await using redis = createRedis({ url: server.url })
    const namespace = uniqueNamespace()
    const admin = redisAdmin(server.port)
    const halfLives = Date.now() - 3 * options.halfLifeMs
    await admin.call('SET', `hf:{${namespace}}:hot`, JSON.stringify({ at: halfLives, heat: [['old', 80]] }))
    const store = createHotKeyStore(redis, namespace, options)
    await store.add([['new', 11]])
    const saved = await store.read()
    expect(saved.map(([key]) => key)).toEqual(['new', 'old'])
    expect(saved[1]?.[1]).toBeCloseTo(10, 1)
    expect(Number(await admin.call('PTTL', `hf:{${namespace}}:hot`))).toBeGreaterThan(0)
    admin.close()
  })

  it('write over what they cannot read', async () => {
    await using redis = createRedis({ url: server.url })
    const namespace = uniqueNamespace()
    const admin = redisAdmin(server.port)
    const store = createHotKeyStore(redis, namespace, options)
    for (const text of ['no JSON', '[]', '{"heat":[[1],2]}', '{"at":1,"heat":[[1],2,null]}']) {
      await admin.call('SET', `hf:{${namespace}}:hot`, text)
      expect(await store.add([['a', 1]])).toBe('added')
      expect(await store.read()).toEqual([['a', 1]])
    }
    admin.close()
  })

  it('are loaded first after a restart, hottest first, those nobody can load left out', async () => {
    const namespace = uniqueNamespace()
    await using redis = createRedis({ url: server.url })
    {
      await using cache = createCache({ redis, namespace })
      const hot = createHotKeys({ cache, redis, sampleEvery: 1 })
      const reads = [...Array<string>(5).fill('features:2'), ...Array<string>(3).fill('gone:1'), 'features:1']
      for (const key of reads) await cache.getOrSet(key, () => 'before')
      await hot.close()
      await cache.invalidate({ all: true })
    }
    await using cache = createCache({ redis, namespace })
    const hot = createHotKeys({ cache, redis })
    const loads: string[] = []
    const resolve = (key: string) => (key.startsWith('features:') ? { key, load: () => loads.push(key) } : undefined)
    const result = await cache.warm([{ name: 'hottest', entries: hot.entries(resolve) }], { concurrency: 1 })
    expect(result).toMatchObject({ state: 'complete', loaded: 2, failed: 0 })
    expect(loads).toEqual(['features:2', 'features:1'])
    await hot.close()
  })

  it('are as good as unknown without Redis', async () => {
    await using redis = createRedis({ url: 'redis://127.0.0.1:1' })
    await using cache = createCache({ redis: null, namespace: uniqueNamespace() })
    const hot = createHotKeys({ cache, redis, sampleEvery: 1 })
    await cache.getOrSet('a', () => 1)
    expect([await hot.save(), await hot.saved()]).toEqual(['unavailable', []])
    await hot.close()
  })
})
