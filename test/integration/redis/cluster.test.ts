import { Socket } from 'node:net'

import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, type Cache } from '../../../src/index.ts'
import { entryKey, logKeys } from '../../../src/keys/redis-key.ts'
import { openLog } from '../../support/open-log.ts'
import { CACHE_USER, cacheRules, clusterRights } from '../../support/redis-acl.ts'
import { redisAdmin, askRedis, type Admin } from '../../support/redis-admin.ts'
import { startClusterTopology, type ClusterTopology } from '../../support/redis-cluster.ts'
import { uniqueNamespace } from '../../support/redis.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'
import { exercise } from './acl-workload.ts'

let topology: ClusterTopology
let admins: readonly Admin[]
beforeAll(async () => {
  topology = await startClusterTopology()
  admins = topology.nodes.map(({ server }) => redisAdmin(server.port))
}, 120_000)
afterAll(async () => {
  for (const admin of admins) admin.close()
  await topology.stop()
})

const cluster = () => ({ nodes: topology.addresses.slice(0, 2) })
const readyRedis = async () => {
  const watched = watchedRedis({ cluster: cluster(), healthInterval: '1h' })
  await watched.redis.ready()
  return watched
}
const counted = async (command: string) => Promise.all(admins.map((admin) => admin.calls(command)))
const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0)
const keysOfThreeNodes = Array.from({ length: 60 }, (_, index) => `hf:spread-${index}`)

describe('a cluster', () => {
  it('is found by some of its nodes, and answers for keys of all of them from the first command on', async () => {
    const { redis } = watchedRedis({ cluster: cluster(), readTimeout: '5s' })
    const written = await Promise.all(keysOfThreeNodes.map((key) => redis.run(WRITE, [key], [key])))
    expect(new Set(written)).toEqual(new Set(['OK']))
    const read = await Promise.all(keysOfThreeNodes.map((key) => redis.get(key)))
    expect(read.map(String)).toEqual(keysOfThreeNodes)
    expect(
      new Set(await Promise.all(keysOfThreeNodes.map(async (key) => (await topology.primaryOf(key)).id))).size,
    ).toBe(3)
  })

  it('is sent the reads of one turn as one pipeline for each node', async () => {
    const { redis } = await readyRedis()
    // So that every node is connected to.
    await Promise.all(keysOfThreeNodes.map((key) => redis.get(key)))
    const written = vi.spyOn(Socket.prototype, 'write')
    onTestFinished(() => written.mockRestore())
    await Promise.all(keysOfThreeNodes.map((key) => redis.get(key)))
    const pipelines = written.mock.calls.map(([bytes]) => String(bytes)).filter((text) => text.includes('hf:spread-'))
    expect(pipelines).toHaveLength(3)
    expect(sum(pipelines.map((text) => text.split('hf:spread-').length - 1))).toBe(keysOfThreeNodes.length)
  })

  it('is said to be unreachable when none of its nodes answers', async () => {
    const { redis } = watchedRedis({ cluster: { nodes: [{ host: '127.0.0.1', port: 1 }] } })
    await expect(redis.ready()).rejects.toMatchObject({
      failure: 'connection',
      message: expect.stringMatching(/^None of the nodes of cluster 127\.0\.0\.1:1 answers/),
    })
  })

  it('follows a slot that is moved (ASK, then MOVED), and tells of each', async () => {
    const { redis, of } = await readyRedis()
    const [key, other] = ['hf:{moving}:a', 'hf:{moving}:b']
    await redis.run(WRITE, [key], ['value'])
    await redis.run(WRITE, [other], ['value'])
    const move = await topology.move(key)
    await move.carry(key)
    expect(await redis.get(key), 'asked at the new node').toEqual(Buffer.from('value'))
    expect(of('survived')).toContainEqual({ type: 'survived', operation: 'redirect', failure: 'cluster' })
    const before = of('survived').length
    await move.finish()
    expect(await redis.get(other)).toEqual(Buffer.from('value'))
    expect(of('survived').length).toBeGreaterThan(before)
    expect(of('command-failed')).toEqual([])
    expect(await askRedis(move.to.server.port, 'GET', other)).toBe('value')
  })

  it('needs two rights more of its user', async () => {
    const login = { cluster: cluster(), ...CACHE_USER }
    const rules = ['reset', 'on', `>${CACHE_USER.password}`, ...cacheRules(clusterRights)]
    const everywhere = (...command: string[]) => Promise.all(admins.map((admin) => admin.call(...command)))
    const denied = async (): Promise<readonly string[]> => {
      const logs = (await everywhere('ACL', 'LOG')) as readonly (readonly (readonly unknown[])[])[]
      await everywhere('ACL', 'LOG', 'RESET')
      return logs.flat().map((entry) => String(entry[entry.indexOf('object') + 1]))
    }
    await everywhere('ACL', 'SETUSER', CACHE_USER.username, ...rules)
    const results = await exercise(login)
    expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))).toEqual([])
    expect(await denied()).toEqual([])
    for (const right of Object.keys(clusterRights)) {
      await everywhere('ACL', 'SETUSER', CACHE_USER.username, `-${right}`)
      const { redis } = watchedRedis(login)
      await redis.ready().catch(() => undefined)
      await expect.poll(denied).toContain(right)
      await redis.close()
      await everywhere('ACL', 'SETUSER', CACHE_USER.username, `+${right}`)
    }
  })
})

describe('the log in a cluster', () => {
  it('has its head and its records in one slot', async () => {
    const { head, log, probe } = logKeys(uniqueNamespace())
    expect(new Set(await Promise.all([head, log, probe].map((key) => topology.slotOf(key)))).size).toBe(1)
  })

  it('is followed by processes, wherever the entries are', async () => {
    const namespace = uniqueNamespace()
    const [here, there] = [
      await openLog({ cluster: cluster(), namespace }),
      await openLog({ cluster: cluster(), namespace, tail: 'frozen' }),
    ]
    onTestFinished(async () => void (await Promise.all([here.close(), there.close()])))
    const entry = { key: 'a', tags: [], stamp: here.log.stamp() }
    expect(await there.log.invalidate(['k:a'], {})).toMatchObject({ acknowledged: true })
    await expect.poll(() => here.log.judge(entry), { interval: 5 }).toBe('invalidated')
    await here.log.invalidate(['t:b'], {})
    await there.log.hear()
    expect(there.log.judge({ ...entry, key: 'b', tags: ['b'] })).toBe('invalidated')
  })
})

describe('caches on a cluster', () => {
  it('spread their entries over the nodes, and an invalidation reaches them all', async () => {
    const namespace = uniqueNamespace()
    const caches = await Promise.all(
      [1, 2].map(async () => {
        const { redis } = await readyRedis()
        const cache = createCache({ redis, namespace, bound: '500ms' })
        onTestFinished(() => cache.close())
        return cache
      }),
    )
    const [here, there] = caches as [Cache, Cache]
    let version = 1
    const ids = Array.from({ length: 30 }, (_, index) => `item:${index}`)
    const readAll = (cache: Cache) =>
      Promise.all(ids.map((id) => cache.getOrSet(id, () => version, { tags: ['items'] })))
    expect(new Set(await readAll(here))).toEqual(new Set([1]))
    const before = sum(await counted('mget')) + sum(await counted('get'))
    expect(new Set(await readAll(there)), 'found in Redis').toEqual(new Set([1]))
    expect(sum(await counted('mget')) + sum(await counted('get'))).toBeGreaterThan(before)
    const nodes = await Promise.all(ids.map(async (id) => (await topology.primaryOf(entryKey(namespace, id))).id))
    expect(new Set(nodes).size).toBe(3)

    version = 2
    expect(await there.invalidate({ tags: ['items'] })).toMatchObject({ acknowledged: true })
    await expect.poll(async () => [...new Set(await readAll(here))]).toEqual([2])
    version = 3
    await here.invalidate({ pattern: 'item:1*' })
    await expect
      .poll(async () => (await readAll(there)).map((value, index) => [ids[index], value].join('=')))
      .toEqual(ids.map((id) => `${id}=${id.startsWith('item:1') ? 3 : 2}`))
  })
})
