import { describe, expect, it, onTestFinished } from 'vitest'

import type { RedisHealth } from '../../../src/index.ts'
import { privateRedis, type PrivateRedisOptions } from '../../../src/testing/index.ts'
import { askRedis } from '../../support/redis-admin.ts'
import { startAclRedis } from '../../support/redis-acl.ts'
import { watchedRedis, type WatchedRedis } from '../../support/watched-redis.ts'

async function watchedServer(options: PrivateRedisOptions = {}) {
  const server = await privateRedis(options)
  onTestFinished(() => server.stop())
  // Longer than a reconnection takes, which a READONLY brings about once.
  return { server, watched: watchedRedis({ url: server.url, healthInterval: '200ms' }) }
}

const healths = ({ of }: WatchedRedis): readonly RedisHealth[] => of('health').map(({ health }) => health)
const states = (watched: WatchedRedis): readonly string[] => healths(watched).map(({ state }) => state)
async function reaches(watched: WatchedRedis, expected: readonly string[]): Promise<void> {
  await expect.poll(() => states(watched), { timeout: 10_000 }).toEqual(expected)
}

describe('health', () => {
  it('goes from ok to degraded on a replica, to down when the server is gone, and back: each change is one event', async () => {
    const { server, watched } = await watchedServer()
    await reaches(watched, ['ok'])

    await askRedis(server.port, 'REPLICAOF', '127.0.0.1', '1')
    await reaches(watched, ['ok', 'degraded'])
    expect(healths(watched).at(-1)).toMatchObject({
      problems: [expect.stringMatching(/takes no writes \(READONLY.*is it a replica/)],
      warnings: expect.arrayContaining(['This server is a replica: invalidations need a primary']),
      server: { role: 'slave' },
    })

    await askRedis(server.port, 'REPLICAOF', 'NO', 'ONE')
    await reaches(watched, ['ok', 'degraded', 'ok'])
    server.signal('SIGKILL')
    await expect.poll(() => states(watched).at(-1), { timeout: 10_000 }).toBe('down')
    await server.restart()
    await expect.poll(() => states(watched).at(-1), { timeout: 10_000 }).toBe('ok')
    const told = healths(watched).map(({ state, problems }) => [state, ...problems].join(': '))
    expect(
      told.filter((line, index) => line === told[index - 1]),
      'nothing is told twice',
    ).toEqual([])
  })

  it('tells how long a read and a write took, and what the server says of itself', async () => {
    const { watched } = await watchedServer({ maxMemory: '8mb' })
    await reaches(watched, ['ok'])
    expect(watched.redis.health()).toMatchObject({
      state: 'ok',
      problems: [],
      warnings: [],
      readMs: expect.any(Number),
      writeMs: expect.any(Number),
      breaker: 'closed',
      connections: { open: 1, ready: 1 },
      server: { role: 'master', maxMemoryBytes: 8 * 2 ** 20, evictionPolicy: 'volatile-ttl', loading: false },
    })
  })

  it('warns of a policy that may evict the log, and of a memory without a limit', async () => {
    const { server, watched } = await watchedServer({ policy: 'allkeys-lru' })
    await reaches(watched, ['ok'])
    expect(healths(watched)[0]?.warnings).toEqual([
      expect.stringMatching(/maxmemory-policy is allkeys-lru.*volatile-ttl/),
    ])
    await askRedis(server.port, 'CONFIG', 'SET', 'maxmemory', '0', 'maxmemory-policy', 'volatile-ttl')
    await reaches(watched, ['ok', 'ok'])
    expect(healths(watched)[1]?.warnings).toEqual(['maxmemory is not set: the cache can fill the machine'])
  })

  it('is degraded when the memory is full', async () => {
    const { server, watched } = await watchedServer()
    await reaches(watched, ['ok'])
    await askRedis(server.port, 'CONFIG', 'SET', 'maxmemory', '1', 'maxmemory-policy', 'noeviction')
    await reaches(watched, ['ok', 'degraded'])
    expect(healths(watched).at(-1)?.problems).toEqual([expect.stringMatching(/memory of Redis .* is full/)])
  })

  it('is degraded while the breaker is not closed', async () => {
    const { watched } = await watchedServer()
    await reaches(watched, ['ok'])
    const stalls = { name: 'test.loading', lua: "return redis.error_reply('LOADING pretended')" }
    for (let index = 0; index < 5; index += 1) await watched.redis.run(stalls, ['hf:a'], []).catch(() => undefined)
    expect(watched.redis.health().breaker).toBe('open')
    await expect.poll(() => states(watched).at(-1)).toBe('degraded')
  })

  it('does without INFO where the user may not ask it', async () => {
    const acl = await startAclRedis()
    onTestFinished(() => acl.stop())
    await acl.change('-info')
    const watched = watchedRedis({ url: acl.url, healthInterval: '20ms' })
    await reaches(watched, ['ok'])
    expect(watched.redis.health().server).toEqual({})
  })
})
