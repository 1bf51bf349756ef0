import { describe, expect, it } from 'vitest'

import { configOf, problemsOf } from './written-config.ts'

describe('a URL in the configuration', () => {
  it('is the same as writing its parts', async () => {
    const { redis, sources } = await configOf({ env: { REDIS_URL: 'rediss://app:hunter2@cache:6380/2' } })
    expect(redis).toMatchObject({ host: 'cache', port: 6380, db: 2, username: 'app', tls: { enabled: true } })
    expect(redis.password?.reveal()).toBe('hunter2')
    for (const part of ['host', 'port', 'db', 'username', 'password', 'tls.enabled']) {
      expect(sources[`redis.${part}`]).toBe('env REDIS_URL')
    }
    expect(sources['redis.maxConnections']).toBe('profile dev default')
  })

  it('names a socket, which has no TLS in any environment', async () => {
    const { redis } = await configOf({ environment: 'prod', env: { REDIS_URL: 'unix:///run/redis.sock?db=1' } })
    expect(redis).toMatchObject({ socket: '/run/redis.sock', db: 1, password: null, tls: { enabled: false } })
    expect(redis.sentinel.enabled).toBe(false)
  })

  it('names sentinels and both logins', async () => {
    const url = 'rediss+sentinel://u:p1@a,b:1/main/2?sentinel_username=s&sentinel_password=p2'
    const { redis } = await configOf({ env: { HOLDFAST_REDIS_URL: url } })
    expect(redis.sentinel).toMatchObject({
      enabled: true,
      serviceName: 'main',
      sentinels: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 1 },
      ],
      username: 's',
    })
    expect([redis.password?.reveal(), redis.sentinel.password?.reveal()]).toEqual(['p1', 'p2'])
    expect(redis).toMatchObject({ db: 2, username: 'u', tls: { enabled: true } })
  })

  it('wins over the address of a lower level, whole', async () => {
    const file = { redis: { socket: '/run/s', host: 'old', port: 1, db: 5, cluster: { enabled: true } } }
    const { redis } = await configOf({ file, env: { REDIS_URL: 'redis://new' } })
    expect(redis).toMatchObject({ socket: null, host: 'new', port: 6379, db: 0, cluster: { enabled: false } })
    const prod = await configOf({ environment: 'prod', env: { REDIS_URL: 'rediss://new' } })
    expect(prod.redis).toMatchObject({ host: 'new', sentinel: { enabled: false } })
  })

  it('gives way, part by part, to a higher level', async () => {
    const file = { redis: { url: 'redis://u:p1@h/1', password: undefined } }
    const env = { HOLDFAST_REDIS_DB: '7', HOLDFAST_REDIS_PASSWORD: 'p2' }
    const { redis } = await configOf({ file, env })
    expect(redis).toMatchObject({ host: 'h', db: 7, username: 'u' })
    expect(redis.password?.reveal()).toBe('p2')
  })

  it('takes the login of a lower level when it has none, and the profile’s variable only if it is set', async () => {
    const passwordWith = async (env: Record<string, string>, file?: unknown) =>
      (await configOf({ environment: 'test', env: { REDIS_URL: 'rediss://h', ...env }, file })).redis.password?.reveal()
    expect(await passwordWith({})).toBeUndefined()
    expect(await passwordWith({ REDIS_PASSWORD: 'p1' })).toBe('p1')
    expect(await passwordWith({ REDIS_PASSWORD: 'p1' }, { redis: { password: 'p2' } })).toBe('p2')
    expect(await passwordWith({ REDIS_URL: 'rediss://:p3@h', REDIS_PASSWORD: 'p1' })).toBe('p3')
  })

  it('does not borrow a user name for its own password', async () => {
    const { redis } = await configOf({
      file: { redis: { username: 'u', password: 'p' } },
      env: { REDIS_URL: 'redis://:q@h' },
    })
    expect(redis.username).toBeNull()
  })

  it('is a problem beside its parts, on one level', async () => {
    const file = {
      redis: {
        url: 'redis://:hunter2@h',
        host: 'h',
        password: 'hunter2',
        sentinel: { enabled: false },
        maxConnections: 2,
      },
    }
    expect((await problemsOf({ file })).map((line) => line.split(' — ')[0])).toEqual(
      ['host', 'password', 'sentinel.enabled'].map(
        (part) => `redis.${part}: is written beside redis.url, which names it too (from file holdfast.config.json)`,
      ),
    )
    const env = { REDIS_URL: 'redis://h', HOLDFAST_REDIS_PASSWORD: 'p' }
    expect((await configOf({ env })).redis.password?.reveal()).toBe('p')
  })

  it('that cannot be read is one problem, which repeats nothing of it', async () => {
    const lines = await problemsOf({ environment: 'prod', env: { REDIS_URL: 'redis://:hunter2@h:x' } })
    expect(lines).toEqual([
      'redis.url: The Redis URL has a port that is not a number from 1 to 65535: it should look like redis://user:password@host:6379/0 (from env REDIS_URL)',
    ])
  })

  it('may hold variables in a file', async () => {
    const { redis } = await configOf({ file: { redis: { url: 'redis://:${P}@h' } }, env: { P: 'p1' } })
    expect(redis.password?.reveal()).toBe('p1')
  })
})
