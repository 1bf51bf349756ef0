import { describe, expect, it } from 'vitest'

import { loadConfig } from '../../../src/config/load-config.ts'
import { redisOptions } from '../../../src/config/redis-options.ts'
import { resolveRedisOptions } from '../../../src/redis/options.ts'

const resolved = async (environment: 'dev' | 'test' | 'prod', env: Record<string, string> = {}) =>
  resolveRedisOptions(redisOptions(await loadConfig({ environment, env, cwd: import.meta.dirname })))

describe('the options of createRedis from a configuration', () => {
  it('are those of TR-404.1 in dev', async () => {
    expect(await resolved('dev')).toMatchObject({
      target: { kind: 'standalone', host: 'localhost', port: 6379, db: 0, tls: false, password: null },
      maxConnections: 10,
      connectTimeoutMs: 5000,
      commandTimeoutMs: 5000,
    })
  })

  it('speak TLS with a password in test', async () => {
    const options = await resolved('test', { REDIS_PASSWORD: 'open sesame' })
    expect(options.target).toMatchObject({ kind: 'standalone', tls: true, password: 'open sesame' })
    expect(options).toMatchObject({ maxConnections: 20, tls: { rejectUnauthorized: true } })
    expect(options.address).not.toContain('sesame')
  })

  it('name three sentinels in prod', async () => {
    const options = await resolved('prod', { REDIS_PASSWORD: 'open sesame' })
    expect(options.target).toMatchObject({ kind: 'sentinel', tls: true, serviceName: 'mymaster' })
    expect(options.target.kind === 'sentinel' && options.target.sentinels).toHaveLength(3)
    expect(options.maxConnections).toBe(50)
  })

  it('follow REDIS_URL', async () => {
    expect(await resolved('dev', { REDIS_URL: 'unix:///run/redis.sock?db=2' })).toMatchObject({
      target: { kind: 'socket', path: '/run/redis.sock', db: 2 },
    })
    expect((await resolved('dev', { REDIS_URL: 'redis+sentinel://h1,h2:26380/main/3' })).target).toMatchObject({
      kind: 'sentinel',
      serviceName: 'main',
      db: 3,
    })
  })
})
