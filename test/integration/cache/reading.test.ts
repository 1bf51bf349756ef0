import { setTimeout as pause } from 'node:timers/promises'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import {
  createCache,
  createRedis,
  type Cache,
  type HoldfastEvent,
  type Redis,
  type Staleness,
} from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

// Two caches with connections of their own stand for two processes: they share nothing but Redis.

const server = testRedis()

async function cacheOn(namespace: string, url = server.url): Promise<{ cache: Cache; told: HoldfastEvent[] }> {
  const redis = createRedis({ url, readTimeout: '5s' })
  const cache = createCache({ redis, namespace, bound: '1s' })
  const told: HoldfastEvent[] = []
  cache.on((event) => told.push(event))
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await redis.ready()
  return { cache, told }
}

async function fleet(url = server.url) {
  const namespace = uniqueNamespace()
  return { namespace, here: await cacheOn(namespace, url), there: await cacheOn(namespace, url) }
}

async function commandsDuring(work: () => Promise<unknown>): Promise<(command: string) => number> {
  const client = new Client(server.url)
  onTestFinished(() => client.disconnect())
  await client.config('RESETSTAT')
  await work()
  const stats = await client.info('commandstats')
  return (command) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
}

const staleReasons = (told: readonly HoldfastEvent[]) =>
  told.flatMap((event) => (event.type === 'read' && event.result === 'stale' ? [event.why] : []))

describe('a value in its grace', () => {
  it('is refreshed by one caller of the fleet, and nobody waits', async () => {
    const { here, there } = await fleet()
    const options = { ttl: '30ms', grace: '1h' } as const
    await here.cache.getOrSet('a', () => 'old', options)
    await vi.waitFor(async () => expect(await there.cache.get('a', { stale: true })).toBe('old'))
    await pause(40)
    const { promise: loaded, resolve: letGo } = Promise.withResolvers<string>()
    let loads = 0
    const load = () => ((loads += 1), loaded)
    const read = ({ cache }: { cache: Cache }) => cache.getOrSet('a', load, { ...options, ttl: '1h' })
    const each = [here, there, here, there]
    expect(await Promise.all(each.map(read))).toEqual(['old', 'old', 'old', 'old'])
    await pause(50)
    expect(await Promise.all(each.map(read))).toEqual(['old', 'old', 'old', 'old'])
    expect(loads).toBe(1)
    letGo('new')
    await vi.waitFor(async () => expect(await Promise.all(each.map(read))).toEqual(['new', 'new', 'new', 'new']))
    expect(loads).toBe(1)
  })

  it('is not served after an invalidation in another process, although it is still in Redis', async () => {
    const { here, there } = await fleet()
    const options = { ttl: '20ms', grace: '1h' } as const
    await here.cache.getOrSet('a', () => 'old', options)
    await pause(30)
    await there.cache.invalidate({ keys: ['a'] })
    expect(await there.cache.getOrSet('a', () => 'new', options)).toBe('new')
    expect(staleReasons(there.told)).toEqual([])
  })
})

describe('a load that ends between the lookup of another process and its asking for the lease', () => {
  it('is not repeated', async () => {
    const { namespace, here } = await fleet()
    const redis = createRedis({ url: server.url, readTimeout: '5s' })
    let loads = 0
    const load = () => `load ${(loads += 1)}`
    const slow: Redis = {
      ...redis,
      async run(script, ...call) {
        if (script.name === 'lease.acquire') {
          await here.cache.getOrSet('a', load)
          await here.cache.close()
        }
        return redis.run(script, ...call)
      },
    }
    const late = createCache({ redis: slow, namespace })
    onTestFinished(async () => {
      await late.close()
      await redis.close()
    })
    expect(await late.getOrSet('a', load)).toBe('load 1')
  })
})

describe('an error with a TTL', () => {
  it('answers the whole fleet for that long, and the source is not asked', async () => {
    const { here, there } = await fleet()
    const options = { errorTtl: '1m' } as const
    const down = () => Promise.reject(new Error('the source is down'))
    await expect(here.cache.getOrSet('a', down, options)).rejects.toThrow('the source is down')
    await vi.waitFor(() =>
      expect(there.cache.getOrSet('a', () => expect.unreachable(), options)).rejects.toMatchObject({
        code: 'ERR_HOLDFAST_LOAD_FAILED',
        message: 'The load of "a" failed in another process: the source is down',
      }),
    )
    await here.cache.set('a', 'set meanwhile')
    expect(await there.cache.getOrSet('a', () => expect.unreachable(), options)).toBe('set meanwhile')
  })
})

describe('many keys', () => {
  const keys = Array.from({ length: 300 }, (_, index) => `k${index}`)

  it('are each loaded once in the fleet, and in one go by each process that loads any', async () => {
    const { here, there } = await fleet()
    const asked: (readonly string[])[] = []
    const load = async (missing: readonly string[]) => {
      asked.push(missing)
      await pause(50)
      return new Map(missing.map((key) => [key, `value of ${key}`]))
    }
    const answers = await Promise.all([here, there].map(({ cache }) => cache.getOrSetMany(keys, load)))
    for (const answer of answers) expect(answer).toEqual(new Map(keys.map((key) => [key, `value of ${key}`])))
    expect(asked.flat().toSorted((left, right) => left.localeCompare(right))).toEqual(
      keys.toSorted((left, right) => left.localeCompare(right)),
    )
    expect(asked.length).toBeLessThanOrEqual(2)
  })

  it('are read in as few commands as hold them', async () => {
    const { here, there } = await fleet()
    await here.cache.getOrSetMany(keys, (missing) => new Map(missing.map((key) => [key, 1])))
    await here.cache.close()
    await there.cache.get('warm-up')
    const calls = await commandsDuring(async () => {
      expect((await there.cache.getMany(keys)).size).toBe(keys.length)
    })
    expect({ mget: calls('mget'), get: calls('get') }).toEqual({ mget: Math.ceil(keys.length / 256), get: 0 })
  })
})

describe('JSON text', () => {
  it('passes from one process through Redis to another without being read or written again', async () => {
    const { here, there } = await fleet()
    const document = { marker: 'é🐉', list: [1, 2, 3] }
    const first = await here.cache.getOrSetJson('a', () => document)
    await here.cache.close()
    const parse = vi.spyOn(JSON, 'parse')
    const stringify = vi.spyOn(JSON, 'stringify')
    onTestFinished(() => void vi.restoreAllMocks())
    const read = () => there.cache.getOrSetJson('a', () => document, { ifNoneMatch: first.etag })
    const answers = [await read(), await read()]
    expect(parse.mock.calls.filter(([text]) => text.includes('marker'))).toEqual([])
    expect(stringify.mock.calls.filter(([value]) => value === document)).toEqual([])
    expect(answers.map(({ body, etag, notModified }) => [body.toString(), etag, notModified])).toEqual(
      [1, 2].map(() => [JSON.stringify(document), first.etag, true]),
    )
    expect(there.told.flatMap((event) => (event.type === 'read' && event.key === 'a' ? [event.tier] : []))).toEqual([
      'l2',
      'l1',
    ])
  })
})

describe('a value from before a failover or restart', () => {
  it('is loaded again, unless the caller takes it unverified: then it is flagged and refreshed', async () => {
    const { namespace, here, there } = await fleet()
    for (const key of ['a', 'b']) await here.cache.getOrSet(key, () => 'before', { grace: '1h' })
    await here.cache.close()
    const client = new Client(server.url)
    onTestFinished(() => client.disconnect())
    await client.del(`hf:{${namespace}}:head`)
    const isNewEpoch = (event: HoldfastEvent): boolean => event.type === 'log-state' && event.why === 'new-epoch'
    await vi.waitFor(() => expect(there.told.some(isNewEpoch)).toBe(true))

    expect(await there.cache.getOrSet('a', () => 'after')).toBe('after')
    const told: Staleness[] = []
    const options = { serveUnverified: true, onStale: (staleness: Staleness) => told.push(staleness) }
    expect(await there.cache.getOrSet('b', () => 'after', options)).toBe('before')
    expect(told).toMatchObject([{ key: 'b', why: 'unverified' }])
    await vi.waitFor(async () => expect(await there.cache.get('b')).toBe('after'))
  })
})

describe('a source that fails while Redis is gone', () => {
  it('is replaced by the last value known where the caller asked for that', async () => {
    const own = await privateRedis()
    onTestFinished(() => own.stop())
    const { cache, told } = await cacheOn(uniqueNamespace(), own.url)
    await cache.getOrSet('a', () => 'last known', { staleIfError: '1h' })
    own.signal('SIGKILL')
    await own.exited
    const down = () => Promise.reject(new Error('the source is down'))
    // What this process loaded itself may outlive its lease by as much as the load began after the last heartbeat.
    await vi.waitFor(() => expect(cache.getOrSet('a', down)).rejects.toThrow('the source is down'), { timeout: 5000 })
    expect(await cache.getOrSet('a', down, { staleIfError: '1h' })).toBe('last known')
    expect(staleReasons(told)).toEqual(['unheard'])
  })
})

describe('the switch of the fleet', () => {
  it('sends every process to the source, one that starts later too, until it is switched back', async () => {
    const { namespace, here, there } = await fleet()
    for (const { cache } of [here, there]) await cache.getOrSet('a', () => 'cached')
    expect(await here.cache.switchTo(false, { by: 'ada', reason: 'a doubt' })).toEqual({ acknowledged: true })
    expect(await here.cache.getOrSet('a', () => 'source')).toBe('source')
    await vi.waitFor(() => expect(there.cache.enabled()).toBe(false))
    expect(await there.cache.getOrSet('a', () => 'source')).toBe('source')
    const late = await cacheOn(namespace)
    await vi.waitFor(() => expect(late.cache.enabled()).toBe(false))
    expect(await late.cache.getOrSet('a', () => 'source')).toBe('source')
    const switched = there.told.flatMap((event) =>
      event.type === 'switch' ? [[event.enabled, event.by, event.reason]] : [],
    )
    expect(switched).toEqual([[false, 'ada', 'a doubt']])
    await late.cache.switchTo(true)
    await vi.waitFor(() => expect(here.cache.enabled()).toBe(true))
    expect(await here.cache.getOrSet('a', () => 'source')).toBe('cached')
  })
})
