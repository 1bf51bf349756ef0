import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, type Cache } from '../../../src/index.ts'
import { startSentinelTopology, type SentinelTopology } from '../../support/redis-sentinel.ts'
import { startScriptedSentinel } from '../../support/scripted-sentinel.ts'
import { uniqueNamespace } from '../../support/redis.ts'
import { askRedis } from '../../support/redis-admin.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'

let topology: SentinelTopology
beforeAll(async () => {
  topology = await startSentinelTopology()
}, 120_000)
afterAll(() => topology.stop())

function cacheHere(namespace: string): Cache {
  const { redis } = watchedRedis({ url: topology.url })
  const cache = createCache({ redis, namespace, bound: '500ms' })
  onTestFinished(() => cache.close())
  return cache
}

describe('a primary that sentinels name', () => {
  it('is found by a redis+sentinel:// URL, and is the one that takes writes', async () => {
    const { redis } = watchedRedis({ url: topology.url })
    await redis.ready()
    await redis.run(WRITE, ['hf:sentinel'], ['value'])
    expect(await askRedis((await topology.primary()).port, 'GET', 'hf:sentinel')).toBe('value')
    await expect.poll(() => redis.health().server).toMatchObject({ role: 'master', replicas: 2 })
  })

  it('is found by options, though all sentinels but one are unknown or away', async () => {
    const [, , last] = topology.sentinels
    const printed = vi.spyOn(console, 'error')
    onTestFinished(() => printed.mockRestore())
    const { redis } = watchedRedis({
      sentinel: {
        serviceName: topology.serviceName,
        sentinels: [
          { host: '127.0.0.1', port: 1 },
          { host: last?.host ?? '', port: last?.port ?? 0 },
        ],
      },
    })
    await redis.ready()
    await expect.poll(() => redis.health().state).toBe('ok')
    expect(printed, 'the client library prints nothing of the one that is away').not.toHaveBeenCalled()
  })

  it('is asked in the database that the URL names', async () => {
    const { redis } = watchedRedis({ url: `${topology.url}/2` })
    await redis.run(WRITE, ['hf:db-2'], ['value']).catch(() => undefined)
    await redis.ready()
    await redis.run(WRITE, ['hf:db-2'], ['value'])
    expect(await askRedis((await topology.primary()).port, 'GET', 'hf:db-2')).toBeNull()
  })

  it.each([
    ['no sentinel answers', () => 'redis+sentinel://127.0.0.1:1/holdfast'],
    ['none knows the service', () => topology.url.replace(/\/holdfast$/, '/another')],
  ])('is not found when %s, and the error says so', async (_name, url) => {
    const { redis } = watchedRedis({ url: url() })
    await expect(redis.ready()).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_STORE',
      failure: 'connection',
      message: expect.stringMatching(/None of the sentinels .* answers, or none knows the service by this name/),
    })
  })

  it('is found again when a failover is announced while it is just asked for', async () => {
    const { host, port } = await topology.primary()
    const sentinel = await startScriptedSentinel({ host, port })
    onTestFinished(() => sentinel.close())
    const { redis, of } = watchedRedis({ url: `redis+sentinel://127.0.0.1:${sentinel.port}/any`, healthInterval: '1h' })
    await redis.ready()
    const release = sentinel.hold()
    const asked = sentinel.asked()
    await askRedis(port, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await asked
    sentinel.announceFailover()
    release()
    await expect.poll(() => of('connection-ready').length, { timeout: 10_000 }).toBe(2)
    expect(await redis.get('hf:a')).toBeNull()
  })

  it('serves two caches, which see each other’s invalidations, also after a failover', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [cacheHere(namespace), cacheHere(namespace)]
    let value = 'first'
    const read = (cache: Cache) => cache.getOrSet('a', () => value, { tags: ['t'] })
    expect([await read(here), await read(there)]).toEqual(['first', 'first'])
    value = 'second'
    expect(await here.invalidate({ tags: ['t'] })).toMatchObject({ acknowledged: true })
    await expect.poll(() => read(there)).toBe('second')

    await topology.failover()
    for (const cache of [here, there]) await expect.poll(() => cache.health().state, { timeout: 20_000 }).toBe('ok')
    value = 'third'
    const acknowledged = async () => (await there.invalidate({ keys: ['a'] })).acknowledged
    await expect.poll(acknowledged, { timeout: 20_000 }).toBe(true)
    await expect.poll(() => read(here)).toBe('third')
    expect(await read(there)).toBe('third')
  })
})
