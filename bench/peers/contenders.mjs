/**
 * Everybody behind one call: `read(key, load)` answers the document of a key, and loads and stores it when it is missing.
 * "memory" contenders may answer from their process, "redis" ones must ask Redis. Each as its documentation shows it, with
 * its defaults. Ours counts metrics. Each peer is imported by who opens it, so that a process starts with one of them.
 */
import { createCache, createMetrics, createRedis } from 'holdfast'
import { Redis as Client } from 'ioredis'

import { never } from './documents.mjs'
import { openRawClient } from './raw-client.mjs'

const HOUR_MS = 3_600_000

/** Clients end the process, or fill its output, when nobody listens to their errors. */
const ignore = () => undefined

/** Name by name: what opens it. */
export const contenders = {
  map: async () => {
    const map = new Map()
    return {
      async read(key, load) {
        const found = map.get(key)
        if (found !== undefined) return found
        const loaded = await load(key)
        map.set(key, loaded)
        return loaded
      },
    }
  },
  'holdfast L1': (url) => openHoldfast(url, { namespace: 'near', l1: true, options: {} }),
  'layered-loader L1': async () => {
    const { Loader } = await import('layered-loader')
    // It learns how to load when it is made.
    let loadNow
    const loader = new Loader({
      inMemoryCache: { cacheType: 'lru-object', ttlInMsecs: HOUR_MS, maxItems: 10_000 },
      dataSources: [{ name: 'source', get: (key) => loadNow(key) }],
    })
    return {
      read: (key, load) => {
        loadNow = load
        return loader.get(key)
      },
    }
  },
  'bentocache L1': async () => {
    const { BentoCache, bentostore } = await import('bentocache')
    const { memoryDriver } = await import('bentocache/drivers/memory')
    const bento = new BentoCache({
      default: 'memory',
      stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: 10_000 })) },
    })
    return { read: (key, load) => bento.getOrSet({ key, ttl: '1h', factory: () => load(key) }) }
  },
  'lru-cache fetch': async () => {
    const { LRUCache } = await import('lru-cache')
    let loadNow
    const lru = new LRUCache({ max: 10_000, ttl: HOUR_MS, fetchMethod: (key) => loadNow(key) })
    return {
      read: (key, load) => {
        loadNow = load
        return lru.fetch(key)
      },
    }
  },
  'async-cache-dedupe L1': async () => openDedupe({ type: 'memory', options: { size: 10_000 } }),
  'cacheable L1': async () => {
    const { Cacheable } = await import('cacheable')
    const cacheable = new Cacheable()
    return { read: (key, load) => cacheable.getOrSet(key, () => load(key), { ttl: '1h' }) }
  },
  holdfast: (url) => openHoldfast(url, { namespace: 'far', l1: false, options: {} }),
  'holdfast, 2 tags': (url) =>
    openHoldfast(url, { namespace: 'tagged', l1: false, options: { tags: ['tag:a', 'tag:b'] } }),
  'holdfast, strict': (url) =>
    openHoldfast(url, { namespace: 'strict', l1: false, options: { consistency: 'strict' } }),
  'holdfast, pass-through': (url) => openHoldfast(url, { namespace: 'text', l1: false, options: {}, asText: true }),
  ioredis: async (url) => {
    const client = new Client(url).on('error', ignore)
    return openBare(client, () => client.disconnect())
  },
  'node-redis': async (url) => {
    const { createClient } = await import('redis')
    const client = await createClient({ url }).on('error', ignore).connect()
    return openBare(client, () => client.destroy())
  },
  'raw socket': async (url) => {
    const client = await openRawClient(url)
    return openBare(client, client.close)
  },
  bentocache: async (url) => {
    const { BentoCache, bentostore } = await import('bentocache')
    const { redisDriver } = await import('bentocache/drivers/redis')
    const connection = new Client(url).on('error', ignore)
    const bento = new BentoCache({
      default: 'redis',
      stores: { redis: bentostore().useL2Layer(redisDriver({ connection })) },
    })
    return {
      read: (key, load) => bento.getOrSet({ key, ttl: '1h', factory: () => load(key) }),
      change: (key) => bento.delete({ key }),
    }
  },
  'layered-loader': async (url) => {
    const { Loader, RedisCache } = await import('layered-loader')
    let loadNow
    const loader = new Loader({
      asyncCache: new RedisCache(new Client(url).on('error', ignore), {
        json: true,
        ttlInMsecs: HOUR_MS,
        prefix: 'layered',
      }),
      dataSources: [{ name: 'source', get: (key) => loadNow(key) }],
    })
    return {
      read: (key, load) => {
        loadNow = load
        return loader.get(key)
      },
      change: (key) => loader.invalidateCacheFor(key),
    }
  },
  'async-cache-dedupe': async (url) =>
    openDedupe({ type: 'redis', options: { client: new Client(url).on('error', ignore) } }),
  'cache-manager': async (url) => {
    const { createCache: createManager } = await import('cache-manager')
    const { default: KeyvRedis } = await import('@keyv/redis')
    const { Keyv } = await import('keyv')
    const manager = createManager({ stores: [new Keyv({ store: new KeyvRedis(url), namespace: 'manager' })] })
    return {
      read: (key, load) => manager.wrap(key, () => load(key), HOUR_MS),
      change: (key) => manager.del(key),
    }
  },
}

async function openHoldfast(url, { namespace, l1, options, asText = false }) {
  const redis = createRedis({ url, readTimeout: '4s' })
  await redis.ready()
  const cache = createCache({ redis, namespace, ...(!l1 && { maxBytes: 1 }) })
  createMetrics({ cache, redis, families: ['document'] })
  const asked = { ttl: '1h', ...options }
  return {
    read: (key, load) => cache.getOrSet(key, () => load(key), asked),
    readMany: (keys) => cache.getOrSetMany(keys, never, asked),
    change: (key) => cache.invalidate({ keys: [key] }),
    ...(asText && {
      read: (key, load) => cache.getOrSetJson(key, () => load(key), asked),
      readText: async (key, load) => (await cache.getOrSetJson(key, () => load(key), asked)).body,
    }),
    async close() {
      await cache.close()
      await redis.close()
    },
  }
}

/** What people write by hand. */
function openBare(client, close) {
  return {
    async read(key, load) {
      const text = await client.get(`bare:${key}`)
      if (text !== null) return JSON.parse(text)
      const loaded = await load(key)
      await client.set(`bare:${key}`, JSON.stringify(loaded))
      return loaded
    },
    async readMany(keys) {
      const names = keys.map((key) => `bare:${key}`)
      const texts = await (client.mGet ? client.mGet(names) : client.mget(names))
      return texts.map((text) => JSON.parse(text))
    },
    change: (key) => client.del(`bare:${key}`),
    close,
  }
}

async function openDedupe(storage) {
  const { createCache: createDedupe } = await import('async-cache-dedupe')
  let loadNow
  const dedupe = createDedupe({ ttl: HOUR_MS / 1000, storage }).define('document', (key) => loadNow(key))
  return {
    read: (key, load) => {
      loadNow = load
      return dedupe.document(key)
    },
    change: (key) => dedupe.clear('document', key),
  }
}
