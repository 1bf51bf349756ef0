import { describe, expect, it } from 'vitest'

import { examine, type Finding } from '../../../src/admin/index.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { createCache, createRedis } from '../../../src/index.ts'
import { privateRedis, type PrivateRedisOptions } from '../../../src/testing/index.ts'
import { openAdmin } from '../../support/admin.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()
/** On a busy machine a round trip may well take longer than it should: here none takes any time. */
const clock = { ...systemClock, monoMs: () => 0 }

async function findingsOf(
  options: PrivateRedisOptions,
  prepare: (
    call: (...command: readonly (string | number)[]) => Promise<unknown>,
    namespace: string,
  ) => Promise<unknown> = async () => undefined,
): Promise<Map<string, Finding>> {
  await using own = await privateRedis(options)
  const { redis, cache, sessions, namespace } = openAdmin({ redis: { url: own.url } })
  const admin = redisAdmin(own.port)
  await redis.ready()
  await cache.set('warm-up', 1)
  await prepare((...command) => admin.call(...command), namespace)
  admin.close()
  const deps = { cache, redis, sessions, environment: 'prod', env: { NODE_ENV: 'development' }, clock }
  const report = await examine(deps)
  expect(report.findings.map(({ severity }) => severity)).toEqual(
    ['critical', 'warning', 'unknown', 'info', 'ok'].flatMap((severity) =>
      report.findings.filter((finding) => finding.severity === severity).map(() => severity),
    ),
  )
  return new Map(report.findings.map((finding) => [finding.id, finding]))
}

describe('the doctor', () => {
  it('finds nothing critical in a Redis that is set up as it should be', async () => {
    const findings = await findingsOf({ args: ['--appendonly', 'yes'] })
    const wrong = [...findings.values()].filter(({ severity }) => severity === 'critical' || severity === 'warning')
    expect(wrong.map(({ id }) => id)).toEqual(['node-env'])
    expect(findings.size).toBeGreaterThan(20)
  })

  it('finds a policy that evicts the log, no limit of memory, notices, and sessions that a restart ends', async () => {
    const findings = await findingsOf(
      { policy: 'allkeys-lru', args: ['--save', '', '--appendonly', 'no', '--notify-keyspace-events', 'KEA'] },
      (call) => call('CONFIG', 'SET', 'maxmemory', '0'),
    )
    const severity = (id: string) => findings.get(id)?.severity
    expect(severity('redis-eviction-policy')).toBe('critical')
    expect(severity('redis-maxmemory')).toBe('warning')
    expect(severity('redis-persistence')).toBe('warning')
    expect(severity('keyspace-notifications')).toBe('info')
    expect(findings.get('redis-eviction-policy')?.fix).toContain('volatile-ttl')
  })

  it('finds a policy that logs users out, refused connections and few that are left', async () => {
    const findings = await findingsOf({ policy: 'volatile-lru', args: ['--maxclients', '14'] })
    expect(findings.get('redis-eviction-policy')).toMatchObject({
      severity: 'critical',
      evidence: expect.stringContaining('logs users out'),
    })
    expect(findings.get('redis-clients')?.severity).toBe('warning')
  })

  it('finds entries without a life, large ones, and ones that nobody can read', async () => {
    const findings = await findingsOf({}, async (call, namespace) => {
      await call('SET', `hf:${namespace}:e:{odd}`, 'not an entry at all, but long enough to be one, it seems')
      await call('SET', `hf:${namespace}:e:{big}`, 'x'.repeat(1_200_000), 'PX', 60_000)
    })
    expect(findings.get('entries-without-ttl')).toMatchObject({
      severity: 'warning',
      evidence: expect.stringContaining('1 of 3'),
    })
    expect(findings.get('big-entries')).toMatchObject({ severity: 'warning', evidence: expect.stringContaining('big') })
    expect(findings.get('unreadable-entries')).toMatchObject({ severity: 'warning' })
  })

  it('finds commands that held Redis up', async () => {
    const findings = await findingsOf(
      { args: ['--slowlog-log-slower-than', '1000', '--enable-debug-command', 'yes'] },
      (call) => call('DEBUG', 'SLEEP', '0.02'),
    )
    expect(findings.get('redis-slow-commands')).toMatchObject({
      severity: 'warning',
      evidence: expect.stringContaining('DEBUG'),
    })
  })

  it('finds two environments in one namespace', async () => {
    await using redis = createRedis({ url: server.url })
    const namespace = uniqueNamespace()
    await using cache = createCache({ redis, namespace })
    await redis.ready()
    const of = async (environment: string) => {
      const { findings } = await examine({ cache, redis, environment, env: {}, clock: systemClock })
      return findings.find(({ id }) => id === 'namespace-owner')?.severity
    }
    expect([await of('dev'), await of('dev'), await of('prod')]).toEqual(['ok', 'ok', 'critical'])
  })

  it('says that Redis is away, and not each thing that could not be asked', async () => {
    await using redis = createRedis({ url: 'redis://127.0.0.1:1', connectTimeout: '500ms', readTimeout: '100ms' })
    await using cache = createCache({ redis, namespace: uniqueNamespace() })
    const report = await examine({ cache, redis, environment: 'dev', env: {}, clock: systemClock })
    expect(report.findings[0]).toMatchObject({ id: 'redis-reachable', severity: 'critical' })
    expect(report.counts.unknown).toBe(0)
  })

  it('works for a user that may do what a cache does and no more, and says what it could not ask', async () => {
    const { startAclRedis } = await import('../../support/redis-acl.ts')
    await using acl = await startAclRedis()
    const { redis, cache } = openAdmin({ redis: { url: acl.url } })
    await redis.ready()
    const { findings } = await examine({ cache, redis, environment: 'dev', env: {}, clock: systemClock })
    const severity = (id: string) => findings.find((finding) => finding.id === id)?.severity
    expect([severity('redis-rights'), severity('redis-slow-commands'), severity('redis-login')]).toEqual([
      'ok',
      'unknown',
      'ok',
    ])
  })
})
