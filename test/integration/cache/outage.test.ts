import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type Cache, type HoldfastEvent } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { uniqueNamespace } from '../../support/redis.ts'
import { createTcpProxy } from '../../support/tcp-proxy.ts'

async function serverOfItsOwn() {
  const server = await privateRedis()
  onTestFinished(() => server.stop())
  return server
}

async function cacheOn(url: string, namespace = uniqueNamespace()): Promise<{ cache: Cache; told: HoldfastEvent[] }> {
  const redis = createRedis({ url })
  const cache = createCache({ redis, namespace, bound: '300ms' })
  const told: HoldfastEvent[] = []
  cache.on((event) => told.push(event))
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  return { cache, told }
}

const results = (told: HoldfastEvent[]): string[] =>
  told.flatMap((event) => (event.type === 'read' ? [`${event.result} ${event.tier}`] : []))
const isOk = (cache: Cache) =>
  vi.waitFor(() => expect(cache.health().state).toBe('ok'), { timeout: 10_000, interval: 20 })
const isDegraded = (cache: Cache) =>
  vi.waitFor(() => expect(cache.health().state).toBe('degraded'), { timeout: 10_000, interval: 20 })

describe('a Redis that is gone', () => {
  it('does not keep the source from answering, and is used again when it is back', async () => {
    const server = await serverOfItsOwn()
    const { cache, told } = await cacheOn(server.url)
    let loads = 0
    const read = (key = 'a') => cache.getOrSet(key, () => `load ${(loads += 1)}`)
    expect([await read(), await read()]).toEqual(['load 1', 'load 1'])
    expect(results(told)).toEqual(['miss none', 'hit l1'])

    server.signal('SIGKILL')
    await server.exited
    await isDegraded(cache)
    told.length = 0
    expect(await read('other')).toBe('load 2')
    expect(await read('other'), 'an own load serves this process for the bound').toBe('load 2')
    expect(results(told)).toEqual(['bypass none', 'hit l1'])

    await server.restart()
    await isOk(cache)
    const before = loads
    await read()
    expect(loads, 'a restarted Redis begins a new epoch: older entries are not fresh').toBe(before + 1)
    told.length = 0
    await read()
    expect(results(told)).toEqual(['hit l1'])
  })

  it('is not promised an invalidation that it did not get: it is queued, holds here at once, and arrives when Redis is back', async () => {
    const server = await serverOfItsOwn()
    const namespace = uniqueNamespace()
    const [{ cache: here }, { cache: there }] = [
      await cacheOn(server.url, namespace),
      await cacheOn(server.url, namespace),
    ]
    let value = 'old'
    const read = (cache: Cache) => cache.getOrSet('a', () => value)
    await read(here)
    server.signal('SIGSTOP')
    value = 'new'
    expect(await here.invalidate({ keys: ['a'], reason: 'test' })).toMatchObject({ acknowledged: false, queued: true })
    expect(await read(here)).toBe('new')
    server.signal('SIGCONT')
    await isOk(here)
    await isOk(there)
    expect(await read(there)).toBe('new')
  })

  it('gets the queued invalidation of a process that was cut off before that process serves from it again', async () => {
    const server = await serverOfItsOwn()
    const proxy = await createTcpProxy({ target: { host: server.host, port: server.port } })
    onTestFinished(() => proxy.close())
    const namespace = uniqueNamespace()
    const [{ cache: here, told }, { cache: there }] = [
      await cacheOn(proxy.url, namespace),
      await cacheOn(server.url, namespace),
    ]
    let value = 'old'
    const read = (cache: Cache) => cache.getOrSet('a', () => value)
    await read(there)
    expect(await read(here)).toBe('old')
    proxy.refuse()
    proxy.dropAll()
    value = 'new'
    const { id, queued } = await here.invalidate({ keys: ['a'] })
    expect(queued).toBe(true)
    await proxy.accept()
    const arrived = expect.objectContaining({ type: 'invalidation', id, acknowledged: true })
    await vi.waitFor(() => expect(told).toContainEqual(arrived), { timeout: 10_000, interval: 20 })
    await vi.waitFor(async () => expect(await read(there)).toBe('new'), { interval: 20 })
    expect(await read(here)).toBe('new')
  })

  it('is told of by an error event and by health, once, and a bug of the loader is never taken for it', async () => {
    const server = await serverOfItsOwn()
    const { cache, told } = await cacheOn(server.url)
    await cache.get('a')
    server.signal('SIGKILL')
    await isDegraded(cache)
    await expect(cache.getOrSet('a', () => Promise.reject(new TypeError('bug')))).rejects.toThrow(new TypeError('bug'))
    const heartbeats = told.filter((event) => event.type === 'error' && event.operation === 'heartbeat')
    expect(heartbeats).toHaveLength(1)
    expect(heartbeats[0]).toMatchObject({ error: { code: expect.stringMatching(/^ERR_HOLDFAST_STORE/) } })
  })

  it('lets a cache start without it and join it later', async () => {
    const server = await serverOfItsOwn()
    server.signal('SIGKILL')
    await server.exited
    const { cache, told } = await cacheOn(server.url)
    expect(await cache.getOrSet('a', () => 1)).toBe(1)
    expect(await cache.set('b', 2)).toMatchObject({ acknowledged: false, queued: true, stored: false })
    expect(results(told)).toEqual(['bypass none'])
    expect(await cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: false, queued: true })
    expect(await cache.getOrSet('a', () => 2), 'an own invalidation holds without Redis').toBe(2)
    await server.restart()
    await isOk(cache)
    expect(await cache.set('b', 2)).toMatchObject({ acknowledged: true, stored: true })
  })
})
