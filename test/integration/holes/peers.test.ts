import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createCache, createRedis, type Cache, type HoldfastEvent } from '../../../src/index.ts'
import { startCacheProcess } from '../../support/cache-process.ts'
import { held } from '../../support/memory-cache.ts'
import { askRedis, redisAdmin } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'
import { stagedCache, type StagedCache, type StagedOptions } from '../../support/staged-cache.ts'
import { createTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'

// What other caches were found to do; each of these failed in at least one of them.

const server = testRedis()
const BOUND_MS = 2000
const ask = (...command: readonly (string | number)[]) => askRedis(server.port, ...command)

async function opened(namespace: string, options: Partial<StagedOptions> = {}): Promise<StagedCache> {
  const one = await stagedCache({ url: server.url, namespace, bound: BOUND_MS, ...options })
  await one.cache.get('warm-up')
  return one
}

async function proxied(): Promise<TcpProxy> {
  const proxy = await createTcpProxy({ target: { host: server.host, port: server.port } })
  onTestFinished(() => proxy.close())
  return proxy
}

/** A cache as a program has it, on the machine's clock. */
async function real(url: string, namespace: string): Promise<{ cache: Cache; told: HoldfastEvent[] }> {
  const redis = createRedis({ url })
  const cache = createCache({ redis, namespace, bound: '300ms' })
  const told: HoldfastEvent[] = []
  cache.on((event) => told.push(event))
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await cache.get('warm-up')
  return { cache, told }
}

describe('peers §2.1 an invalidation while Redis is down is said to have worked, and forgotten', () => {
  it.each([
    ['key', { keys: ['a'] }],
    ['tag', { tags: ['t'] }],
    ['pattern', { pattern: '*' }],
  ] as const)('is said to be queued, and holds everywhere once Redis is back: by %s', async (_what, targets) => {
    const namespace = uniqueNamespace()
    const proxy = await proxied()
    const [here, there] = [await real(proxy.url, namespace), await real(server.url, namespace)]
    await there.cache.set('a', 'OLD', { tags: ['t'] })
    proxy.refuse()
    proxy.dropAll()
    expect(await here.cache.invalidate(targets)).toMatchObject({ acknowledged: false, queued: true })
    expect(await here.cache.getOrSet('a', () => 'NEW', { tags: ['t'] })).toBe('NEW')
    await proxy.accept()
    await expect.poll(() => there.cache.get('a'), { timeout: 10_000 }).not.toBe('OLD')
    await expect.poll(() => here.cache.health().state, { timeout: 10_000 }).toBe('ok')
    expect(await here.cache.get('a')).not.toBe('OLD')
  })
})

describe('peers §2.1 a message that was missed while a connection was lost', () => {
  it.each(['pubsub', 'normal'])(
    'costs at most the bound: %s connections are killed, then another process invalidates',
    async (type) => {
      const namespace = uniqueNamespace()
      const [here, there] = [await real(server.url, namespace), await real(server.url, namespace)]
      for (let round = 0; round < 10; round += 1) {
        const [key, value] = [`a${round}`, { loaded: 'OLD' }]
        for (const { cache } of [here, there]) await cache.getOrSet(key, () => value)
        await ask('CLIENT', 'KILL', 'TYPE', type)
        const { id } = await there.cache.invalidate({ keys: [key] })
        const arrived = expect.objectContaining({ type: 'invalidation', id, acknowledged: true })
        await expect.poll(() => there.told, { timeout: 10_000 }).toContainEqual(arrived)
        await new Promise((resolve) => setTimeout(resolve, 301))
        expect(await here.cache.get(key)).toBeUndefined()
      }
    },
  )
})

describe('peers §2.1 what says that a tag was invalidated does not outlive the entries', () => {
  it('covers entries whose TTL is longer than anything else lives', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    await here.cache.set('a', 'OLD', { ttl: '300d', tags: ['t'] })
    await there.cache.invalidate({ tags: ['t'] })
    for (const { clock } of [here, there]) clock.advance(200 * 24 * 3_600_000)
    const late = await opened(namespace, { clock: here.clock })
    for (const { cache } of [late, here, there]) expect(await cache.get('a')).toBeUndefined()
  })
})

describe('peers §2.1 wall clocks that disagree', () => {
  it.each([-3_600_000, 3_600_000])('change nothing for an invalidation: %i ms between the two', async (skewMs) => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    there.clock.setWall(there.clock.wallMs() + skewMs)
    await there.cache.get('warm-up')
    await here.cache.getOrSet('a', () => 'OLD', { ttl: '10h', tags: ['t'] })
    await expect.poll(() => there.cache.get('a')).toBe('OLD')
    await there.cache.invalidate({ tags: ['t'] })
    expect(await there.cache.getOrSet('a', () => 'NEW', { ttl: '10h', tags: ['t'] })).toBe('NEW')
    here.clock.advance(BOUND_MS + 1)
    await expect.poll(() => here.cache.get('a')).toBe('NEW')
  })
})

describe('peers §2.2 the cost of tags', () => {
  it('is none: a tagged hit in Redis is one command, one in memory is none', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    const tags = Array.from({ length: 20 }, (_, index) => `tag:${index}`)
    await there.cache.set('a', 'tagged', { tags })
    await ask('CONFIG', 'RESETSTAT')
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    const counted = async (): Promise<string[]> => {
      const names = [...(await admin.info('commandstats')).keys()].map((name) => name.replace('cmdstat_', ''))
      return names.filter((name) => !/^(info|config\|resetstat|client\|.*|hello|xread|ping)$/.test(name))
    }
    expect(await here.cache.get('a')).toBe('tagged')
    expect(await counted()).toEqual(['mget'])
    expect(await admin.calls('mget')).toBe(1)
    expect(await here.cache.get('a')).toBe('tagged')
    expect(await admin.calls('mget')).toBe(1)
  })

  it('leaves nothing behind: a tagged entry is one key with a life, and a tag that nobody invalidated takes no memory', async () => {
    const namespace = uniqueNamespace()
    const here = await opened(namespace)
    const client = new Client(server.url)
    onTestFinished(() => client.disconnect())
    const keys = async () => (await client.keys(`*${namespace}*`)).toSorted()
    const load = (index: number) =>
      here.cache.getOrSet(`k${index}`, () => index, { ttl: '1h', tags: ['all', `t${index}`] })
    await Promise.all(Array.from({ length: 200 }, (_, index) => load(index)))
    const entries = Array.from({ length: 200 }, (_, index) => `hf:${namespace}:e:{k${index}}`)
    await expect.poll(keys).toEqual([...entries, `hf:{${namespace}}:head`].toSorted())
    for (const entry of entries.slice(0, 10)) expect(await client.pttl(entry)).toBeGreaterThan(0)
    expect(Object.keys(await client.hgetall(`hf:{${namespace}}:head`)).every((field) => field.startsWith('@'))).toBe(
      true,
    )
  })
})

describe('peers §2.4 a failure of Redis', () => {
  it('can be told from a miss, by events and by health', async () => {
    const proxy = await proxied()
    const { cache, told } = await real(proxy.url, uniqueNamespace())
    told.length = 0
    await cache.get('absent')
    proxy.refuse()
    proxy.dropAll()
    await expect.poll(() => cache.health().state, { timeout: 5000 }).toBe('degraded')
    await cache.get('unknown')
    const reads = told.flatMap((event) => (event.type === 'read' ? [`${event.key} ${event.result}`] : []))
    expect(reads).toEqual(['absent miss', 'unknown bypass'])
    expect(told.some((event) => event.type === 'error')).toBe(true)
  })

  it('never ends the process: connections are dropped at every point of their set-up', async () => {
    const proxy = await proxied()
    const options = { url: proxy.url, namespace: uniqueNamespace(), boundMs: 300, source: () => Promise.resolve(1) }
    const worker = await startCacheProcess(options)
    onTestFinished(() => worker.stop())
    // Slow enough that a subscription has reached the server and its answer is still on its way.
    proxy.delay(60)
    for (let round = 0; round < 6; round += 1) {
      const isSubscribing = async () => /name=holdfast-subscriber .* sub=1/.test(String(await ask('CLIENT', 'LIST')))
      await expect.poll(isSubscribing, { timeout: 10_000, interval: 5 }).toBe(true)
      proxy.dropAll()
      await expect.poll(isSubscribing, { timeout: 10_000, interval: 5 }).toBe(false)
    }
    proxy.delay(0)
    expect((await worker.ask<number>({ op: 'read', key: 'a', tags: [] })).value).toBe(1)
    expect(worker.process.exitCode).toBeNull()
  })
})

describe('peers §2.4 an empty memory that answers before Redis does', () => {
  it('never wins: a value in Redis is found by a process that has just begun, however slow the way', async () => {
    const namespace = uniqueNamespace()
    const there = await opened(namespace)
    await there.cache.set('a', 'in Redis')
    const proxy = await proxied()
    const here = await opened(namespace, { url: proxy.url })
    proxy.delay(100)
    expect(await here.cache.get('a')).toBe('in Redis')
    expect(await here.cache.getOrSet('a', () => 'loaded')).toBe('in Redis')
  })
})

describe('peers §2.5 wrap keys of 32 bits', () => {
  it('do not meet: each of 2000 callers gets its own value from memory and from Redis', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    const load = (id: string) => Promise.resolve({ owner: id })
    const [near, far] = [here, there].map(({ cache }) => cache.cached(load, { name: 'profile', ttl: '1h' }))
    const ids = Array.from({ length: 2000 }, (_, index) => `user-${index.toString(36)}`)
    for (const each of [near, far, near]) {
      expect(await Promise.all(ids.map(async (id) => (await each?.(id))?.owner))).toEqual(ids)
    }
  })
})

describe('peers §2.5 grace that is shorter than the TTL', () => {
  it('is added to it: the entry lives for both', async () => {
    const namespace = uniqueNamespace()
    const { cache } = await opened(namespace)
    await cache.getOrSet('a', () => 1, { ttl: '1h', grace: '10s' })
    await expect.poll(() => ask('EXISTS', `hf:${namespace}:e:{a}`)).toBe(1)
    expect(Number(await ask('PTTL', `hf:${namespace}:e:{a}`))).toBeGreaterThan(3_600_000)
  })
})

describe('peers §2.5 values that are false', () => {
  it.each([[0], [false], [''], [null]])('hit, from memory and from Redis: %j', async (value) => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    let loads = 0
    const read = ({ cache }: StagedCache) => cache.getOrSet<unknown>('a', () => ((loads += 1), value))
    expect(await read(here)).toBe(value)
    await expect.poll(() => here.told.some((event) => event.type === 'fill')).toBe(true)
    expect([await read(here), await read(there), await read(there)]).toEqual([value, value, value])
    expect(loads).toBe(1)
    expect(there.reads().slice(-2)).toEqual(['hit l2', 'hit l1'])
  })
})

describe('peers §2.5 a loader’s error that becomes undefined', () => {
  it('reaches every caller, also those that wait in other processes', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await opened(namespace), await opened(namespace)]
    const { loader, failures } = held<string>()
    const first = Promise.allSettled([here.cache.getOrSet('a', loader), here.cache.getOrSet('a', loader)])
    await expect.poll(() => failures.length).toBe(1)
    const elsewhere = Promise.allSettled([there.cache.getOrSet('a', () => 'not asked')])
    await expect.poll(() => there.told.some((event) => event.type === 'load-joined')).toBe(true)
    failures[0]?.(new RangeError('no such row'))
    expect(await first).toEqual(Array.from({ length: 2 }, () => ({ status: 'rejected', reason: new RangeError('no such row') }))) // prettier-ignore
    expect(await elsewhere).toMatchObject([{ status: 'rejected', reason: { code: 'ERR_HOLDFAST_LOAD_FAILED' } }])
    const many = here.cache.getOrSetMany(['b', 'c'], () => Promise.reject(new RangeError('none')))
    await expect(many).rejects.toThrow(new RangeError('none'))
  })
})

describe('peers §2.5 a namespace that is taken for a pattern', () => {
  it('is refused where it could be one, and everything of one namespace is nothing of another', async () => {
    const redis = createRedis({ url: server.url })
    onTestFinished(() => redis.close())
    for (const namespace of ['a*', 'a?', '[ab]', 'a{b}', 'a:b', '']) {
      expect(() => createCache({ redis, namespace }), namespace).toThrow(
        expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }),
      )
    }
    const namespace = uniqueNamespace()
    const [short, long] = [await opened(namespace), await opened(`${namespace}-2`)]
    for (const { cache } of [short, long]) await cache.set('a', 'kept')
    await short.cache.invalidate({ all: true })
    await short.cache.invalidate({ pattern: '*' })
    long.clock.advance(BOUND_MS + 1)
    expect([await short.cache.get('a'), await long.cache.get('a')]).toEqual([undefined, 'kept'])
  })
})

describe('peers §2.5 bytes that cannot be decoded', () => {
  it.each([
    ['text', 'not an entry'],
    ['nothing', ''],
    ['one byte', '\u0001'],
    ['a header that is cut off', 'HF\u0001'],
  ])('are a miss and an event, never a crash, and are written over: %s', async (_what, bytes) => {
    const namespace = uniqueNamespace()
    const { cache, told } = await opened(namespace)
    await ask('SET', `hf:${namespace}:e:{a}`, bytes, 'PX', 60_000)
    expect(await cache.get('a')).toBeUndefined()
    expect(told).toContainEqual(expect.objectContaining({ type: 'error', operation: 'decode' }))
    expect(await cache.getOrSet('a', () => 'loaded')).toBe('loaded')
    const late = await opened(namespace)
    await expect.poll(() => late.cache.get('a')).toBe('loaded')
  })
})

describe('peers §3 clearing everything reaches other processes', () => {
  it('what they hold in memory too', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await real(server.url, namespace), await real(server.url, namespace)]
    await here.cache.set('a', 1)
    expect(await there.cache.get('a')).toBe(1)
    await here.cache.invalidate({ all: true })
    await expect.poll(() => there.cache.get('a')).toBeUndefined()
  })
})

describe('H21 names that meet', () => {
  it('keeps a key, a tag and a prefix of the same text apart', async () => {
    const { cache } = await opened(uniqueNamespace())
    await cache.set('x', 'key')
    await cache.set('other', 'tagged', { tags: ['x'] })
    await cache.set('x:y', 'below')
    const rest = async () => [await cache.get('x'), await cache.get('other'), await cache.get('x:y')]
    await cache.invalidate({ pattern: 'x:*' })
    expect(await rest()).toEqual(['key', 'tagged', undefined])
    await cache.invalidate({ tags: ['x'] })
    expect(await rest()).toEqual(['key', undefined, undefined])
    await cache.invalidate({ keys: ['x'] })
    expect(await rest()).toEqual([undefined, undefined, undefined])
  })

  it('keeps keys of braces apart, from the lease to the fill', async () => {
    const { cache } = await opened(uniqueNamespace())
    const keys = ['}', '{', '{}', '{}}', '}{', '%7D', '%257D', 'a{b}c']
    for (const key of keys) expect(await cache.getOrSet(key, () => `of ${key}`)).toBe(`of ${key}`)
    for (const key of keys) expect(await cache.get(key)).toBe(`of ${key}`)
  })

  it('costs no more for a key of five hundred colons, which any of its prefixes still reaches', async () => {
    const { cache } = await opened(uniqueNamespace())
    const key = 'a:'.repeat(500) + 'end'
    for (const depth of [1, 15, 16, 17, 100]) {
      await cache.set(key, depth)
      await cache.invalidate({ pattern: `${'a:'.repeat(depth)}*` })
      expect(await cache.get(key), `${depth} colons`).toBeUndefined()
    }
  })
})
