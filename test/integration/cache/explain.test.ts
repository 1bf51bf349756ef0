import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type Cache } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()

async function cacheOn(namespace: string, url = server.url): Promise<Cache> {
  const redis = createRedis({ url })
  const cache = createCache({ redis, namespace, bound: '300ms' })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await redis.ready()
  return cache
}

const stored = (cache: Cache, key: string) =>
  vi.waitFor(async () => expect((await cache.explain(key)).redis.state).toBe('held'))

describe('explain', () => {
  it('shows who invalidated a key in another process, when, by what and why', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [await cacheOn(namespace), await cacheOn(namespace)]
    await here.getOrSet('requirement:42', () => 'old', { tags: ['author:7'] })
    await stored(there, 'requirement:42')
    expect((await there.explain('requirement:42')).answer).toBe('a hit, from Redis')

    await here.invalidate({ keys: ['another'], by: 'nobody' })
    await here.invalidate({ tags: ['author:7'], by: 'ada', reason: 'renamed' })
    await here.invalidate({ pattern: 'requirement:?2', by: 'grace' })
    const { id } = await here.invalidate({ pattern: 'requirement:*', by: 'admin', reason: 'import' })
    // The records come one after another; the last one's mark is waited for.
    const marked = expect.arrayContaining([expect.objectContaining({ target: 'p:requirement:' })])
    await vi.waitFor(async () =>
      expect((await there.explain('requirement:42')).redis).toMatchObject({ objections: marked }),
    )
    const { invalidations, redis, answer } = await there.explain('requirement:42')
    expect(answer).toMatch(/^a load: .* was invalidated after its load began$/)
    expect(invalidations.map(({ by, reason, targets }) => [by, reason, targets])).toEqual([
      ['admin', 'import', ['p:requirement:']],
      ['grace', '', ['g:requirement:?2']],
      ['ada', 'renamed', ['t:author:7']],
    ])
    expect(invalidations[0]).toMatchObject({ id })
    expect(Math.abs((invalidations[0]?.atMs ?? 0) - Date.now())).toBeLessThan(60_000)
    expect(redis).toMatchObject({ verdict: 'invalidated' })
  })

  it('shows the lease of a load that is under way, and the failure that stands in its place', async () => {
    const cache = await cacheOn(uniqueNamespace())
    const { promise, reject } = Promise.withResolvers<never>()
    const read = cache.getOrSet('a', () => promise, { errorTtl: '1m' })
    await vi.waitFor(async () => expect((await cache.explain('a')).lease).toMatchObject({ state: 'held' }))
    reject(new Error('no source'))
    await expect(read).rejects.toThrow('no source')
    await vi.waitFor(async () =>
      expect((await cache.explain('a')).lease).toMatchObject({ state: 'failed', message: 'no source' }),
    )
  })

  it('says so when an entry cannot be read, was of another epoch, or Redis is gone', async () => {
    const own = await privateRedis()
    onTestFinished(() => own.stop())
    const namespace = uniqueNamespace()
    const cache = await cacheOn(namespace, own.url)
    const client = new Client(own.url)
    onTestFinished(() => client.disconnect())
    client.on('error', () => undefined)
    await client.set(`hf:${namespace}:e:{a}`, 'not an entry')
    expect(await cache.explain('a')).toMatchObject({
      answer: expect.stringMatching(/^a load: /),
      redis: { state: 'unreadable', bytes: 12 },
    })
    await cache.getOrSet('b', () => 1)
    await stored(cache, 'b')
    await client.del(`hf:{${namespace}}:head`)
    await vi.waitFor(async () => expect((await cache.explain('b')).redis).toMatchObject({ verdict: 'unverified' }))
    expect((await cache.explain('b')).answer).toBe(
      'a load: it is of another epoch of the log, as after a failover or restart of Redis, or the log is not known here',
    )
    own.signal('SIGKILL')
    await own.exited
    await vi.waitFor(async () => expect((await cache.explain('b')).redis).toEqual({ state: 'unavailable' }))
    expect((await cache.explain('b')).answer).toBe('Redis cannot be asked: the source is')
  })
})
