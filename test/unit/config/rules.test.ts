import { describe, expect, it } from 'vitest'

import { configOf, problemsOf, type Written } from './written-config.ts'

const prod = (redis: unknown, env: Record<string, string> = {}): Written => ({
  environment: 'prod',
  env: { REDIS_PASSWORD: 'p', ...env },
  file: { redis },
})
const dev = (redis: unknown, env: Record<string, string> = {}): Written => ({ env, file: { redis } })

describe('encryption (S22)', () => {
  it('checks certificates in prod, and lets dev not', async () => {
    expect(await problemsOf(prod({ tls: { rejectUnauthorized: false } }))).toEqual([
      expect.stringMatching(/^redis\.tls\.rejectUnauthorized: must be true in prod \(from file .*redis\.tls\.ca/),
    ])
    expect((await configOf(dev({ tls: { rejectUnauthorized: false } }))).redis.tls.rejectUnauthorized).toBe(false)
  })

  it.each(['redis://h', 'redis+sentinel://h/main'])('is not given up by %s without a word', async (url) => {
    const [line, ...rest] = await problemsOf({ environment: 'prod', env: { REDIS_URL: url } })
    expect(rest).toEqual([])
    expect(line).toMatch(/^redis\.url: has no TLS .* redis\.tls\.enabled is true by profile prod default \(from env/)
    expect(line).toContain(`write ${url.split('//')[0]?.replace('redis', 'rediss')}//`)
    await expect(problemsOf(dev({ tls: { enabled: true } }, { REDIS_URL: url }))).resolves.toHaveLength(1)
  })

  it('is given up where somebody says so', async () => {
    const env = { REDIS_URL: 'redis://h', HOLDFAST_REDIS_TLS_ENABLED: 'false' }
    expect((await configOf({ environment: 'prod', env })).redis.tls.enabled).toBe(false)
  })

  it('is turned on by rediss, over a lower level and not against the same one', async () => {
    const file = { tls: { enabled: false } }
    expect((await configOf(dev(file, { REDIS_URL: 'rediss://h' }))).redis.tls.enabled).toBe(true)
    expect(await problemsOf(dev({ ...file, url: 'rediss://h' }))).toEqual([
      expect.stringContaining('redis.tls.enabled: is false, while redis.url begins with rediss'),
    ])
  })

  it('stays on for the hosts that a profile names', async () => {
    const off = { tls: { enabled: false } }
    const line = expect.stringMatching(/^redis\.tls\.enabled: must be true for the hosts that the profile prod names/)
    expect(await problemsOf(prod(off))).toEqual([line])
    expect(await problemsOf(prod({ ...off, sentinel: { enabled: false } }))).toEqual([line])
    const own = { ...off, sentinel: { sentinels: [{ host: 'mine' }] } }
    expect((await configOf(prod(own))).redis.tls.enabled).toBe(false)
    expect((await configOf(prod({ ...off, host: 'mine', sentinel: { enabled: false } }))).redis.host).toBe('mine')
  })
})

describe('the way to Redis', () => {
  it('by sentinels needs a service and a sentinel', async () => {
    expect(await problemsOf(dev({ sentinel: { enabled: true } }))).toEqual([
      expect.stringMatching(/^redis\.sentinel\.serviceName: is needed with sentinels/),
      expect.stringMatching(/^redis\.sentinel\.sentinels: must name at least one sentinel/),
    ])
  })

  it('by a cluster needs a node, and database 0', async () => {
    expect(await problemsOf(dev({ cluster: { enabled: true }, db: 1 }))).toEqual([
      expect.stringMatching(/^redis\.cluster\.nodes: must name at least one node/),
      expect.stringMatching(/^redis\.db: must be 0/),
    ])
    expect((await configOf(dev({ cluster: { enabled: true, nodes: [{ host: 'a' }] } }))).redis.cluster.nodes).toEqual([
      { host: 'a', port: 6379 },
    ])
  })

  it('is one', async () => {
    const sentinel = { enabled: true, serviceName: 's', sentinels: [{ host: 'a' }] }
    const cluster = { enabled: true, nodes: [{ host: 'a' }] }
    expect(await problemsOf(dev({ sentinel, cluster }))).toEqual([
      expect.stringMatching(/^redis\.cluster\.enabled: is true/),
    ])
    expect(await problemsOf(dev({ socket: '/s', sentinel }))).toEqual([
      expect.stringMatching(/^redis\.socket: is set beside/),
    ])
    expect(await problemsOf(dev({ socket: '/s', cluster }))).toHaveLength(1)
    expect(await problemsOf(dev({ socket: '/s', tls: { enabled: true } }))).toEqual([
      expect.stringMatching(/^redis\.socket: has no TLS/),
    ])
  })

  it('by the URL of a socket has no TLS either, and is told once', async () => {
    const env = { REDIS_URL: 'unix:///s', HOLDFAST_REDIS_TLS_ENABLED: 'true' }
    expect(await problemsOf({ env })).toEqual([expect.stringMatching(/^redis\.socket: has no TLS/)])
  })

  it('is not by a host that would be ignored', async () => {
    expect(await problemsOf(prod({ host: 'mine' }))).toEqual([
      'redis.host: has no effect while redis.sentinel.enabled is true by profile prod default (from file holdfast.config.json) — set redis.sentinel.enabled to false',
    ])
    const own = { host: 'mine', sentinel: { enabled: true } }
    expect((await configOf(prod(own))).redis.sentinel.enabled).toBe(true)
  })
})

describe('the rest', () => {
  it('gives every user a password', async () => {
    expect(await problemsOf(dev({ username: 'u', sentinel: { username: 's' } }))).toEqual([
      expect.stringMatching(/^redis\.username: is set without a password .* set redis\.password$/),
      expect.stringMatching(/^redis\.sentinel\.username: is set without a password/),
    ])
  })

  it('ends a read before any command', async () => {
    expect(await problemsOf(dev({ readTimeout: 1001, commandTimeout: '1s' }))).toEqual([
      'redis.readTimeout: must be at most redis.commandTimeout, which is 1s by file holdfast.config.json, got 1001 (from file holdfast.config.json)',
    ])
    expect((await configOf(dev({ readTimeout: 1000, commandTimeout: '1s' }))).redis.readTimeout).toBe(1000)
  })

  it('says nothing of a setting that was refused by itself', async () => {
    expect(await problemsOf(dev({ readTimeout: 'x', commandTimeout: '1ms' }))).toHaveLength(1)
  })
})
