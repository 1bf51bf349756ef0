import { inspect } from 'node:util'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ConfigError } from '../../../src/base/errors.ts'
import { resolveRedisOptions, type RedisOptions } from '../../../src/redis/options.ts'
import { attempt } from '../../support/attempt.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const url = 'redis://localhost'
const sentinel = { serviceName: 'mymaster', sentinels: [{ host: 's1', port: 26_379 }] }
const cluster = {
  nodes: [
    { host: 'n1', port: 7000 },
    { host: '::1', port: 7001 },
  ],
}

const messageOf = (options: RedisOptions): string => {
  const error = attempt(() => resolveRedisOptions(options))
  if (error instanceof ConfigError) return error.message
  throw new Error(`was accepted: ${inspect(options)}`)
}

describe('the options of a Redis', () => {
  it('have defaults, in milliseconds', () => {
    const { clock, ...resolved } = resolveRedisOptions({ url })
    expect(clock.wallMs()).toBeGreaterThan(0)
    expect(resolved).toEqual({
      target: { kind: 'standalone', tls: false, host: 'localhost', port: 6379, db: 0, username: null, password: null },
      address: 'redis://localhost:6379/0',
      tls: undefined,
      maxConnections: 10,
      readTimeoutMs: 250,
      commandTimeoutMs: 5000,
      connectTimeoutMs: 5000,
      socketTimeoutMs: 1000,
      retryReads: true,
      breaker: { failureRatio: 0.5, minimumCalls: 5, windowMs: 10_000, openMs: 1000 },
      healthIntervalMs: 5000,
    })
  })

  it('are taken as they are given', () => {
    const clock = fakeClock()
    const resolved = resolveRedisOptions({
      url,
      maxConnections: 1,
      readTimeout: '1s',
      commandTimeout: '2s',
      connectTimeout: 300,
      retryOnTimeout: false,
      breaker: { failureRatio: 1, minimumCalls: 1, window: '1m', openFor: 0 },
      healthInterval: '1m',
      clock,
    })
    expect(resolved).toMatchObject({
      maxConnections: 1,
      readTimeoutMs: 1000,
      commandTimeoutMs: 2000,
      connectTimeoutMs: 300,
      retryReads: false,
      breaker: { failureRatio: 1, minimumCalls: 1, windowMs: 60_000, openMs: 0 },
      healthIntervalMs: 60_000,
    })
    expect(resolved.clock).toBe(clock)
  })

  it('give a silent socket up after four reads, at least a second, and never after the bound of all commands', () => {
    const socketTimeoutMs = (readTimeout: number, commandTimeout: number): number =>
      resolveRedisOptions({ url, readTimeout, commandTimeout }).socketTimeoutMs
    expect(socketTimeoutMs(100, 5000)).toBe(1000)
    expect(socketTimeoutMs(500, 5000)).toBe(2000)
    expect(socketTimeoutMs(4000, 5000)).toBe(5000)
    expect(socketTimeoutMs(100, 500)).toBe(500)
  })

  it('say where the Redis is in exactly one way', () => {
    const places: readonly RedisOptions[] = [{ url }, { host: 'h' }, { socketPath: '/s' }, { sentinel }, { cluster }]
    expect(messageOf({})).toBe('createRedis() takes one of url, host, socketPath, sentinel, cluster, got none')
    for (const one of places) {
      expect(resolveRedisOptions(one).address).toEqual(expect.any(String))
      for (const other of places) {
        const names = Object.keys({ ...one, ...other })
        const outcome = attempt(() => resolveRedisOptions({ ...one, ...other }))
        expect(outcome instanceof ConfigError, names.join()).toBe(names.length > 1)
      }
    }
    expect(messageOf({ cluster, url })).toContain('got url and cluster')
    expect(messageOf({ sentinel: { ...sentinel, sentinels: [] } })).toContain('sentinel.sentinels is empty')
    expect(messageOf({ cluster: { nodes: [] } })).toContain('cluster.nodes is empty')
  })

  it('name one server by its parts', () => {
    const parts = { host: '::1', port: 7000, db: 3, username: 'u', password: 'p' }
    const { target, address } = resolveRedisOptions({ ...parts, tls: {} })
    expect(target).toEqual({ kind: 'standalone', tls: true, ...parts })
    expect(address).toBe('rediss://[::1]:7000/3')
    expect(resolveRedisOptions({ host: 'h' }).address).toBe('redis://h:6379/0')
    expect(resolveRedisOptions({ socketPath: '/run/redis.sock', db: 1 }).address).toBe('unix:///run/redis.sock?db=1')
  })

  it('name sentinels and their service, with credentials of their own', () => {
    const { target, address } = resolveRedisOptions({
      sentinel: { ...sentinel, sentinelUsername: 'su', sentinelPassword: 'sp' },
      db: 2,
      username: 'u',
      password: 'p',
    })
    expect(target).toEqual({
      kind: 'sentinel',
      tls: false,
      db: 2,
      serviceName: 'mymaster',
      sentinels: sentinel.sentinels,
      sentinelCredentials: { username: 'su', password: 'sp' },
      username: 'u',
      password: 'p',
    })
    expect(address).toBe('redis+sentinel://s1:26379/mymaster/2')
  })

  it('name a cluster by some of its nodes', () => {
    const { target, address } = resolveRedisOptions({ cluster, tls: {}, password: 'p' })
    expect(target).toEqual({ kind: 'cluster', tls: true, nodes: cluster.nodes, username: null, password: 'p' })
    expect(address).toBe('cluster n1:7000,[::1]:7001')
  })

  it('check certificates wherever TLS is spoken, unless told not to', () => {
    const checked = { ca: undefined, servername: undefined, rejectUnauthorized: true }
    expect(resolveRedisOptions({ url: 'rediss://h' }).tls).toEqual(checked)
    expect(resolveRedisOptions({ sentinel, tls: {} }).tls).toEqual(checked)
    expect(
      resolveRedisOptions({ url: 'rediss://h', tls: { ca: 'pem', servername: 'n', rejectUnauthorized: false } }).tls,
    ).toEqual({
      ca: 'pem',
      servername: 'n',
      rejectUnauthorized: false,
    })
    expect(resolveRedisOptions({ sentinel }).tls).toBeUndefined()
  })

  it('are refused when TLS is asked for beside a URL that does not speak it', () => {
    expect(messageOf({ url, tls: {} })).toContain('write rediss://')
    expect(messageOf({ url: 'redis+sentinel://h/m', tls: {} })).toContain('rediss+sentinel://')
  })

  it('are refused when what a URL carries stands beside it, where it would be ignored', () => {
    for (const beside of [{ username: 'u' }, { password: 'p' }, { db: 1 }]) {
      expect(messageOf({ url, ...beside })).toContain('stand in the URL itself')
    }
  })

  it('are refused, by name, when a number or a time cannot work', () => {
    const wrong: readonly (readonly [string, RedisOptions])[] = [
      ...[0, 1.5, -1, 1001, Number.NaN].map((maxConnections) => ['maxConnections', { url, maxConnections }] as const),
      ['readTimeout', { url, readTimeout: 0 }],
      ['readTimeout', { url, readTimeout: '6s' }],
      ['commandTimeout', { url, commandTimeout: 0 }],
      ['connectTimeout', { url, connectTimeout: 0 }],
      ['healthInterval', { url, healthInterval: 0 }],
      ['healthInterval', { url, healthInterval: 'often' as '1s' }],
      ...[0, 1.1, -1, Number.NaN].map(
        (failureRatio) => ['breaker.failureRatio', { url, breaker: { failureRatio } }] as const,
      ),
      ['breaker.minimumCalls', { url, breaker: { minimumCalls: 0 } }],
      ['breaker.window', { url, breaker: { window: -1 } }],
      ['breaker.openFor', { url, breaker: { openFor: Infinity } }],
    ]
    for (const [option, options] of wrong) expect(messageOf(options), inspect(options)).toContain(option)
  })

  it('never let a password into an error or an address', () => {
    const password = fc.stringMatching(/^[A-Za-z0-9]{12,30}$/)
    const breakages: readonly ((password: string) => RedisOptions)[] = [
      (p) => ({ url: `redis://app:${p}@cache:port` }),
      (p) => ({ url: `redis://app:${p}@cache/#` }),
      (p) => ({ url: `redis://app:${p}` }),
      (p) => ({ url: `redis://app:${p}@cache`, tls: {} }),
      (p) => ({ url, password: p }),
      (p) => ({ url, username: p }),
      (p) => ({ sentinel: { ...sentinel, sentinels: [], sentinelPassword: p }, password: p }),
      (p) => ({ cluster: { nodes: [] }, password: p }),
      (p) => ({ sentinel, password: p, readTimeout: '1m' }),
    ]
    const good: readonly ((password: string) => RedisOptions)[] = [
      (p) => ({ url: `redis://app:${p}@cache:6379/1` }),
      (p) => ({ url: `unix://app:${p}@/run/redis.sock` }),
      (p) => ({ url: `redis+sentinel://app:${p}@h/m?sentinel_password=${p}` }),
      (p) => ({ sentinel: { ...sentinel, sentinelUsername: 's', sentinelPassword: p }, username: 'u', password: p }),
      (p) => ({ cluster, username: 'u', password: p }),
    ]
    fc.assert(
      fc.property(password, (secret) => {
        for (const [at, broken] of breakages.entries()) {
          const error = attempt(() => resolveRedisOptions(broken(secret)))
          expect(error, `breakage ${at}`).toBeInstanceOf(ConfigError)
          expect(inspect(error, { depth: 20, showHidden: true }), `breakage ${at}`).not.toContain(secret)
        }
        for (const options of good) expect(resolveRedisOptions(options(secret)).address).not.toContain(secret)
      }),
    )
  })
})
