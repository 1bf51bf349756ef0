import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis, type CacheOptions, type RedisOptions } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { startAclRedis } from '../../support/redis-acl.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { startClusterTopology } from '../../support/redis-cluster.ts'
import { startSentinelTopology } from '../../support/redis-sentinel.ts'
import { uniqueNamespace } from '../../support/redis.ts'

function cacheOn(redisOptions: RedisOptions, options: Partial<CacheOptions> = {}) {
  const redis = createRedis({ readTimeout: '5s', ...redisOptions })
  const cache = createCache({ redis, namespace: uniqueNamespace(), ...options })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  return { cache, redis }
}

async function server(...args: string[]) {
  const one = await privateRedis({ args })
  onTestFinished(() => one.stop())
  return one
}

/** A primary whose replica is connected. */
async function pair(...args: string[]) {
  const primary = await server('--repl-diskless-sync-delay', '0', ...args)
  const replica = await server('--replicaof', primary.host, String(primary.port))
  const admin = redisAdmin(primary.port)
  onTestFinished(() => admin.close())
  await vi.waitFor(async () => expect((await admin.info('replication')).get('slave0')).toContain('state=online'), {
    timeout: 20_000,
  })
  return { primary, replica, admin }
}

const unfenced = (why: RegExp) => ({ bound: 'unfenced', why: expect.stringMatching(why) })
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000 })

describe('the bound', () => {
  it('is held by a server without replicas, and by a cache without Redis', async () => {
    const { cache } = cacheOn({ url: (await server()).url })
    await eventually(() => expect(cache.health()).toMatchObject({ bound: 'held', state: 'ok' }))
    const local = createCache({ redis: null, namespace: 'local' })
    expect(local.health()).toMatchObject({ bound: 'held' })
  })

  it('is held by a primary with a fence, and by none without, unless replicas are waited for', async () => {
    const { primary, admin } = await pair()
    const { cache, redis } = cacheOn({ url: primary.url })
    await eventually(() => expect(cache.health()).toMatchObject(unfenced(/min-replicas-to-write is 0 .* set 1 and 2/)))
    const waiting = cacheOn({ url: primary.url }, { acknowledge: 'replicated' })
    expect(waiting.cache.health()).toMatchObject({ bound: 'held' })

    await admin.call('CONFIG', 'SET', 'min-replicas-to-write', 1, 'min-replicas-max-lag', 2)
    expect(await redis.fence()).toEqual({ bound: 'held' })
    await admin.call('CONFIG', 'SET', 'min-replicas-max-lag', 10)
    expect(await redis.fence()).toMatchObject(unfenced(/notices after about 11500 ms/))
  })

  it('is asked for again in a new epoch', async () => {
    const { primary, admin } = await pair('--min-replicas-to-write', '1', '--min-replicas-max-lag', '2')
    const { cache } = cacheOn({ url: primary.url })
    await eventually(() => expect(cache.health()).toMatchObject({ bound: 'held' }))
    await admin.call('CONFIG', 'SET', 'min-replicas-to-write', 0)
    await admin.call('DEL', `hf:{${cache.namespace}}:head`)
    await eventually(() => expect(cache.health()).toMatchObject(unfenced(/min-replicas-to-write is 0/)))
  })

  it('counts the replicas that were there', async () => {
    const { primary, replica, admin } = await pair()
    const { redis } = cacheOn({ url: primary.url })
    expect(await redis.fence()).toMatchObject(unfenced(/with 1 replicas/))
    await replica.stop()
    await vi.waitFor(async () => expect((await admin.info('replication')).get('connected_slaves')).toBe('0'))
    expect(await redis.fence()).toMatchObject(unfenced(/with 1 replicas/))
  })

  it('is unknown where the user may not ask', async () => {
    const acl = await startAclRedis({ args: ['--repl-diskless-sync-delay', '0'] })
    onTestFinished(() => acl.stop())
    await server('--replicaof', acl.server.host, String(acl.server.port), '--masterauth', 'admin-secret')
    await vi.waitFor(async () => expect((await acl.admin.info('replication')).get('connected_slaves')).toBe('1'))
    const { redis } = cacheOn({ url: acl.url })
    expect(await redis.fence()).toMatchObject(unfenced(/^unknown: .*\+config\|get/))
    await acl.change('+config|get')
    expect(await redis.fence()).toMatchObject(unfenced(/min-replicas-to-write is 0/))
  })

  it('depends, with sentinels, on when they promote', async () => {
    const topology = await startSentinelTopology({
      downAfterMs: 5000,
      args: ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '2'],
    })
    onTestFinished(() => topology.stop())
    const { cache, redis } = cacheOn({ url: topology.url })
    await eventually(() => expect(cache.health()).toMatchObject({ bound: 'held' }))
    const [sentinel] = topology.sentinels
    const admin = redisAdmin(sentinel?.port ?? 0)
    onTestFinished(() => admin.close())
    await admin.call('SENTINEL', 'SET', topology.serviceName, 'down-after-milliseconds', 3000)
    expect(await redis.fence()).toMatchObject(unfenced(/notices after about 3500 ms, .* after 3000 ms/))
  }, 120_000)

  it('is held by a cluster, which has its fence built in', async () => {
    const cluster = await startClusterTopology()
    onTestFinished(() => cluster.stop())
    const { cache } = cacheOn({ cluster: { nodes: cluster.addresses } })
    await eventually(() => expect(cache.health()).toMatchObject({ bound: 'held' }))
  }, 120_000)
})
