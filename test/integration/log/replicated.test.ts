import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type CacheOptions } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { openLog, type OpenLog } from '../../support/open-log.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { startClusterTopology } from '../../support/redis-cluster.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const alone = testRedis()

/** A primary with a replica that has caught up. */
async function pair() {
  const primary = await privateRedis({ args: ['--repl-diskless-sync-delay', '0'] })
  onTestFinished(() => primary.stop())
  const replica = await privateRedis({ args: ['--replicaof', '127.0.0.1', String(primary.port)] })
  onTestFinished(async () => {
    replica.signal('SIGCONT')
    await replica.stop()
  })
  const [admin, second] = [redisAdmin(primary.port), redisAdmin(replica.port)]
  onTestFinished(() => admin.close())
  onTestFinished(() => second.close())
  await vi.waitFor(
    async () => {
      await admin.call('SET', 'hf:probe', '1', 'PX', 1000)
      expect(await admin.call('WAIT', 1, 100)).toBe(1)
    },
    { timeout: 20_000 },
  )
  return { primary, replica, admin, second }
}

async function opened(options: Parameters<typeof openLog>[0]): Promise<OpenLog> {
  const one = await openLog(options)
  onTestFinished(() => one.close())
  return one
}

function cacheOn(url: string, options: Partial<CacheOptions> = {}) {
  const redis = createRedis({ url })
  const cache = createCache({ redis, namespace: uniqueNamespace(), ...options })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  return cache
}

/** Of the shared server: those in WAIT, and tails. */
async function blockedClients(): Promise<number> {
  const admin = redisAdmin(alone.port)
  try {
    return Number((await admin.info('clients')).get('blocked_clients'))
  } finally {
    admin.close()
  }
}

describe('an invalidation that replicas must have', () => {
  it('is acknowledged once the replica has it', async () => {
    const { primary, second } = await pair()
    const cache = cacheOn(primary.url, { namespace: 'ns', acknowledge: 'replicated' })
    for (let index = 0; index < 20; index += 1) {
      expect(await cache.invalidate({ tags: [`t${index}`] })).toMatchObject({ acknowledged: true, queued: false })
      expect(await second.call('HEXISTS', 'hf:{ns}:head', `t:t${index}`), 'at once').toBe(1)
    }
  })

  it('is queued while the replica does not answer, and acknowledged when it does', async () => {
    const { primary, replica } = await pair()
    const cache = cacheOn(primary.url, { acknowledge: 'replicated', bound: '300ms' })
    await cache.set('a', 1)
    const acknowledged: boolean[] = []
    cache.on((event) => event.type === 'invalidation' && acknowledged.push(event.acknowledged))
    replica.signal('SIGSTOP')
    expect(await cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: false, queued: true })
    expect(acknowledged).toEqual([false])
    await vi.waitFor(() => expect(cache.health().state).toBe('degraded'), { timeout: 10_000 })
    replica.signal('SIGCONT')
    await vi.waitFor(() => expect(acknowledged).toContain(true), { timeout: 10_000 })
    await vi.waitFor(() => expect(cache.health().state).toBe('ok'), { timeout: 10_000 })
    expect(await cache.get('a')).toBeUndefined()
  })

  it('is never acknowledged by a server that has no replica', async () => {
    const cache = cacheOn(alone.url, { acknowledge: 'replicated', bound: '300ms' })
    expect(await cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: false, queued: true })
    expect(cache.health().state).toBe('degraded')
    expect(await cache.getOrSet('a', () => 'from the source')).toBe('from the source')
  })

  it('may be asked for one alone, which lets heartbeats and others be', async () => {
    const { primary, replica } = await pair()
    const cache = cacheOn(primary.url)
    await cache.set('a', 1)
    expect(await cache.invalidate({ keys: ['b'], acknowledge: 'replicated' })).toMatchObject({ acknowledged: true })
    replica.signal('SIGSTOP')
    expect(await cache.invalidate({ keys: ['b'], acknowledge: 'replicated' })).toMatchObject({ acknowledged: false })
    expect(await cache.invalidate({ keys: ['b'] })).toMatchObject({ acknowledged: true })
    expect(await cache.get('a', { consistency: 'strict' })).toBe(1)
  })

  it('shares its wait with those that came meanwhile', async () => {
    const { primary, admin } = await pair()
    const cache = cacheOn(primary.url, { acknowledge: 'replicated', sweep: false })
    await cache.invalidate({ keys: ['first'] })
    const before = await admin.calls('wait')
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) => cache.invalidate({ keys: [`k${index}`] })),
    )
    expect(results.every((result) => result.acknowledged)).toBe(true)
    expect((await admin.calls('wait')) - before).toBeLessThan(20)
  })

  it('that waits while its connection is closed is queued, and nothing else', async () => {
    const redis = createRedis({ url: alone.url, readTimeout: '5s' })
    const cache = createCache({ redis, namespace: uniqueNamespace(), acknowledge: 'replicated' })
    onTestFinished(() => cache.close())
    const waiting = cache.invalidate({ keys: ['a'] })
    await vi.waitFor(async () => expect(await blockedClients()).toBeGreaterThan(0))
    await redis.close()
    expect(await waiting).toMatchObject({ acknowledged: false, queued: true })
  })

  it('works with scripts that the server has forgotten', async () => {
    const { primary, admin } = await pair()
    const cache = cacheOn(primary.url, { acknowledge: 'replicated' })
    await cache.invalidate({ keys: ['a'] })
    await admin.call('SCRIPT', 'FLUSH')
    expect(await cache.invalidate({ keys: ['a'] })).toMatchObject({ acknowledged: true })
  })
})

describe('a heartbeat that replicas must confirm', () => {
  it('grants no lease on a primary that its replica has left, however long it was in step before', async () => {
    const { primary, replica, admin } = await pair()
    const { log } = await opened({
      url: primary.url,
      namespace: uniqueNamespace(),
      acknowledge: 'replicated',
      readTimeout: '500ms',
    })
    await log.hear()
    expect(log.standing()).toBe('heard')
    const before = log.now()
    // With nothing left to confirm, only a write of the heartbeat's own can tell.
    await vi.waitFor(
      async () => {
        const info = await admin.info('replication')
        expect(info.get('slave0')).toContain(`offset=${info.get('master_repl_offset')},`)
      },
      { timeout: 10_000, interval: 20 },
    )
    replica.signal('SIGSTOP')
    await expect(log.hearAnew()).rejects.toMatchObject({ failure: 'replicas' })
    expect(log.judge({ key: 'a', tags: [], stamp: log.stamp() }, before)).not.toBe('fresh')
    replica.signal('SIGCONT')
    await vi.waitFor(() => log.hearAnew(), { timeout: 10_000 })
    expect(log.judge({ key: 'a', tags: [], stamp: log.stamp() }, before)).toBe('fresh')
  })
})

describe('in a cluster', () => {
  it('waits for the replica of the node that has the log', async () => {
    const cluster = await startClusterTopology()
    onTestFinished(() => cluster.stop())
    const redis = createRedis({ cluster: { nodes: cluster.addresses } })
    const namespace = uniqueNamespace()
    const cache = createCache({ redis, namespace, acknowledge: 'replicated' })
    onTestFinished(async () => {
      await cache.close()
      await redis.close()
    })
    expect(await cache.invalidate({ tags: ['t'] })).toMatchObject({ acknowledged: true })
    const node = await cluster.primaryOf(`hf:{${namespace}}:head`)
    const counts = await Promise.all(
      (await cluster.primaries()).map(async ({ id, server }) => {
        const admin = redisAdmin(server.port)
        onTestFinished(() => admin.close())
        return [id, await admin.calls('wait')] as const
      }),
    )
    expect(counts.filter(([, calls]) => calls > 0).map(([id]) => id)).toEqual([node.id])
  })
}, 120_000)
