import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type HoldfastEvent, type Redis } from '../../../src/index.ts'
import type { SweepPace } from '../../../src/log/sweeper.ts'
import { openLog, type OpenLog } from '../../support/open-log.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { startClusterTopology } from '../../support/redis-cluster.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()
const pace: SweepPace = { afterMs: 3_600_000, everyMs: 1, pauseMs: 0, keysPerPage: 10 }

async function opened(namespace: string, options: Partial<Parameters<typeof openLog>[0]> = {}): Promise<OpenLog> {
  const one = await openLog({ url: server.url, namespace, sweep: pace, ...options })
  onTestFinished(() => one.close())
  return one
}

function admin(port = server.port) {
  const made = redisAdmin(port)
  onTestFinished(() => made.close())
  return made
}

/** A cache that never sweeps by itself, to fill Redis with. */
function filler(namespace: string, redis = createRedis({ url: server.url, readTimeout: '5s' })) {
  const cache = createCache({ redis, namespace, sweep: false })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  return cache
}

async function entriesOf(namespace: string, port = server.port): Promise<string[]> {
  const keys = (await admin(port).call('KEYS', `hf:${namespace}:e:*`)) as string[]
  return keys.map((key) => key.slice(`hf:${namespace}:e:{`.length, -1)).sort()
}

const sweeps = (told: readonly HoldfastEvent[]) => told.filter((event) => event.type === 'sweep')

describe('a sweep', () => {
  it('unlinks what a tag, a prefix or a glob made unservable, and nothing else', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    const { log, told } = await opened(namespace)
    const tags = { tagged: ['t'], 'p:1': [], 'p:2': [], 'a:latest': [], kept: ['other'], 'é%{}': ['ü'] }
    for (const [key, list] of Object.entries(tags)) await cache.set(key, 'v'.repeat(1000), { tags: list })
    await cache.invalidate({ tags: ['t'] })
    await cache.invalidate({ pattern: 'p:*' })
    await cache.invalidate({ pattern: '*:latest' })
    await cache.set('p:2', 'younger than its mark')
    expect(await log.sweep()).toBe(true)
    expect(await entriesOf(namespace)).toEqual(['kept', 'p:2', 'é%25%7B%7D'])
    expect(sweeps(told)).toEqual([{ type: 'sweep', scanned: 6, unlinked: 3, durationMs: expect.any(Number) }])
  })

  it('unlinks everything of before an invalidation of all, over many pages', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    const { log } = await opened(namespace)
    await Promise.all(Array.from({ length: 300 }, (_, index) => cache.set(`k${index}`, index)))
    await cache.invalidate({ all: true })
    await cache.set('after', 1)
    await log.sweep()
    expect(await entriesOf(namespace)).toEqual(['after'])
  })

  it('unlinks what an earlier epoch left behind', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    const { log } = await opened(namespace)
    await cache.set('old', 1)
    await admin().call('DEL', `hf:{${namespace}}:head`)
    await log.hear()
    await filler(namespace).set('new', 1)
    await log.sweep()
    expect(await entriesOf(namespace)).toEqual(['new'])
  })

  it('spares an entry of an epoch that it has not heard of yet', async () => {
    const namespace = uniqueNamespace()
    const { log } = await opened(namespace, { tail: 'frozen' })
    await admin().call('DEL', `hf:{${namespace}}:head`)
    const cache = filler(namespace)
    await cache.set('new', 1)
    await log.sweep()
    expect(await entriesOf(namespace)).toEqual(['new'])
  })

  it('spares an entry that was written again after it was judged', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    const { log } = await opened(namespace, {
      beforeScript: async (name) => {
        if (name === 'sweep.unlink') await cache.set('a', 'younger')
      },
    })
    await cache.set('a', 'old', { tags: ['t'] })
    await cache.invalidate({ tags: ['t'] })
    await log.hear()
    await log.sweep()
    expect(await entriesOf(namespace)).toEqual(['a'])
  })

  it('reads of an entry its header and its tags, not its value', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    const { log } = await opened(namespace)
    await Promise.all(Array.from({ length: 20 }, (_, index) => cache.set(`k${index}`, 'v'.repeat(500_000))))
    await cache.invalidate({ tags: ['t'] })
    await log.hear()
    const sent = async () => Number((await admin().info('stats')).get('total_net_output_bytes'))
    const before = await sent()
    expect(await log.sweep()).toBe(true)
    expect((await sent()) - before).toBeLessThan(100_000)
  })

  it('leaves an entry that a slow load writes afterwards to the rule (H5)', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    const { log } = await opened(namespace)
    const slow = Promise.withResolvers<string>()
    const loading = cache.getOrSet('a:slow', () => slow.promise)
    await vi.waitFor(async () => expect(await admin().call('EXISTS', `hf:${namespace}:l:{a:slow}`)).toBe(1))
    await cache.invalidate({ pattern: '*:slow' })
    expect(await log.sweep()).toBe(true)
    slow.resolve('old')
    await loading
    const again = filler(namespace)
    await vi.waitFor(async () => expect(await entriesOf(namespace)).toEqual(['a:slow']))
    expect(await again.getOrSet('a:slow', () => 'new')).toBe('new')
    // The tombstone that says so leaves by a fold alone.
    expect(await admin().call('HEXISTS', `hf:{${namespace}}:head`, 'g:*:slow')).toBe(1)
  })
})

describe('the fleet', () => {
  it('sweeps once for an invalidation, whichever process begins', async () => {
    const namespace = uniqueNamespace()
    const rest = { ...pace, everyMs: 100_000 }
    const [here, there] = [await opened(namespace, { sweep: rest }), await opened(namespace, { sweep: rest })]
    await here.log.invalidate(['t:a'], {})
    await there.log.hear()
    expect([await here.log.sweep(), await there.log.sweep()].filter(Boolean)).toHaveLength(1)
    await there.log.invalidate(['t:b'], {})
    expect(await there.log.sweep(), 'too soon').toBe(false)
    await admin().call('DEL', `hf:{${namespace}}:sweep`)
    expect(await there.log.sweep()).toBe(true)
    expect(await here.log.hear().then(() => here.log.sweep()), 'swept already').toBe(false)
  })

  it('has one process at a time at it', async () => {
    const namespace = uniqueNamespace()
    const logs = await Promise.all(Array.from({ length: 4 }, () => opened(namespace)))
    await logs[0]?.log.invalidate(['t:a'], {})
    await Promise.all(logs.map(({ log }) => log.hear()))
    const swept = await Promise.all(logs.map(({ log }) => log.sweep()))
    expect(swept.filter(Boolean)).toHaveLength(1)
  })

  it('sweeps by itself some time after an invalidation, and not after it is closed', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    const here = await opened(namespace, { sweep: { ...pace, afterMs: 20 } })
    await vi.waitFor(() => expect(sweeps(here.told)).toHaveLength(1))
    await cache.set('a', 1, { tags: ['t'] })
    await cache.invalidate({ tags: ['t'] })
    await vi.waitFor(async () => expect(await entriesOf(namespace)).toEqual([]))
    await here.log.close()
    expect(await here.log.sweep()).toBe(false)
  })

  it('goes on where a failure broke it off', async () => {
    const namespace = uniqueNamespace()
    const cache = filler(namespace)
    let pages = 0
    const here = await opened(namespace, {
      beforeScript: (name) => {
        if (name === 'sweep.turn') pages += 1
        if (pages === 4) throw new Error('broken off')
      },
    })
    await Promise.all(Array.from({ length: 100 }, (_, index) => cache.set(`k${index}`, index)))
    await cache.invalidate({ all: true })
    await here.log.hear()
    await expect(here.log.sweep()).rejects.toThrow('broken off')
    const left = (await entriesOf(namespace)).length
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(100)
    expect(await here.log.sweep()).toBe(true)
    expect(sweeps(here.told)).toMatchObject([{ scanned: expect.any(Number), unlinked: 100 }])
  })
})

describe('in a cluster', () => {
  it('sweeps every primary', async () => {
    const cluster = await startClusterTopology()
    onTestFinished(() => cluster.stop())
    const namespace = uniqueNamespace()
    const options = { cluster: { nodes: cluster.addresses } }
    const redis: Redis = createRedis({ ...options, readTimeout: '5s' })
    const cache = filler(namespace, redis)
    const here = await opened(namespace, options)
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => cache.set(`k${index}`, index, { tags: [`t${index % 2}`] })),
    )
    const counts = async () =>
      Promise.all(
        (await cluster.primaries()).map(async (node) => (await entriesOf(namespace, node.server.port)).length),
      )
    expect(Math.min(...(await counts()))).toBeGreaterThan(0)
    await cache.invalidate({ tags: ['t0'] })
    await here.log.hear()
    expect(await here.log.sweep()).toBe(true)
    expect((await counts()).reduce((sum, count) => sum + count, 0)).toBe(30)
    expect(await cache.get('k1')).toBe(1)
  })
}, 120_000)
