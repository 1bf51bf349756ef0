import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import type { BreakerOptions } from './breaker.ts'
import {
  REDIS_PORT,
  describeTarget,
  formatAddress,
  parseRedisUrl,
  type RedisAddress,
  type RedisCredentials,
  type RedisTarget,
} from './url.ts'

/** How TLS is spoken. At least TLS 1.2; the certificate is checked against its CA and the host's name. */
export interface TlsOptions {
  /** The certificate authority: a PEM text or the path of a PEM file. @default the machine's */
  readonly ca?: string
  /** The name that the certificate must be made for, where it is not the host. */
  readonly servername?: string
  /** Accepts any certificate. For a private development server only. @default true */
  readonly rejectUnauthorized?: boolean
}

/** What a person writes to reach a Redis. One of `url`, `host`, `socketPath`, `sentinel` and `cluster` says where it is. */
export interface RedisOptions {
  /** `redis://`, `rediss://` (TLS), `unix://`, `redis+sentinel://`, `rediss+sentinel://` or `redis-sentinel://`; see docs/operations/redis.md. */
  readonly url?: string
  /** One server. */
  readonly host?: string
  /** With `host`. @default 6379 */
  readonly port?: number
  /** A Unix socket. */
  readonly socketPath?: string
  /** The database's number, with `host`, `socketPath` and `sentinel`. @default 0 */
  readonly db?: number
  /** A primary that sentinels name. */
  readonly sentinel?: {
    readonly serviceName: string
    readonly sentinels: readonly RedisAddress[]
    readonly sentinelUsername?: string
    readonly sentinelPassword?: string
  }
  /** A cluster, by some of its nodes. */
  readonly cluster?: { readonly nodes: readonly RedisAddress[] }
  /** The ACL user; a URL carries its own. */
  readonly username?: string
  readonly password?: string
  /** Speaks TLS; with a `rediss://` URL it only says how. */
  readonly tls?: TlsOptions
  /** Connections that share the commands; more than one is opened only when they are backed up. One per node in a cluster. @default 10 */
  readonly maxConnections?: number
  /** How long a command of the cache may take before it counts as failed. @default '250ms' */
  readonly readTimeout?: Duration
  /** The upper bound of any command. @default '5s' */
  readonly commandTimeout?: Duration
  /** How long connecting may take. @default '5s' */
  readonly connectTimeout?: Duration
  /** Asks a read once more, within its time, when its connection was lost. @default true */
  readonly retryOnTimeout?: boolean
  /** When a failing Redis is left alone, and for how long. */
  readonly breaker?: {
    readonly failureRatio?: number
    readonly minimumCalls?: number
    readonly window?: Duration
    readonly openFor?: Duration
  }
  /** How often health is checked. @default '5s' */
  readonly healthInterval?: Duration
  /** Time, for tests. @default the machine's */
  readonly clock?: Clock
}

export type ResolvedTarget =
  | RedisTarget
  | ({ readonly kind: 'cluster'; readonly tls: boolean; readonly nodes: readonly RedisAddress[] } & RedisCredentials)

export interface ResolvedTls {
  readonly ca: string | undefined
  readonly servername: string | undefined
  readonly rejectUnauthorized: boolean
}

export interface ResolvedRedisOptions {
  readonly target: ResolvedTarget
  /** Where it is, without secrets. */
  readonly address: string
  readonly tls: ResolvedTls | undefined
  readonly maxConnections: number
  readonly readTimeoutMs: number
  readonly commandTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly socketTimeoutMs: number
  readonly retryReads: boolean
  readonly breaker: BreakerOptions
  readonly healthIntervalMs: number
  readonly clock: Clock
}

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) when something cannot work; the message repeats no secret */
export function resolveRedisOptions(options: RedisOptions): ResolvedRedisOptions {
  const target = targetOf(options)
  const readTimeoutMs = toMs(options.readTimeout ?? '250ms', 'readTimeout')
  const commandTimeoutMs = toMs(options.commandTimeout ?? '5s', 'commandTimeout')
  if (readTimeoutMs <= 0 || readTimeoutMs > commandTimeoutMs) {
    throw new ConfigError(
      `readTimeout must be above zero and at most commandTimeout (${commandTimeoutMs} ms), got ${readTimeoutMs} ms`,
    )
  }
  return {
    target,
    address:
      target.kind === 'cluster' ? `cluster ${target.nodes.map(formatAddress).join(',')}` : describeTarget(target),
    tls: tlsOf(target, options.tls),
    maxConnections: wholeNumber(options.maxConnections ?? 10, 'maxConnections', 1, 1000),
    readTimeoutMs,
    commandTimeoutMs,
    connectTimeoutMs: positiveMs(options.connectTimeout ?? '5s', 'connectTimeout'),
    socketTimeoutMs: Math.min(commandTimeoutMs, Math.max(1000, 4 * readTimeoutMs)),
    retryReads: options.retryOnTimeout ?? true,
    breaker: breakerOf(options.breaker ?? {}),
    healthIntervalMs: positiveMs(options.healthInterval ?? '5s', 'healthInterval'),
    clock: options.clock ?? systemClock,
  }
}

const PLACES = ['url', 'host', 'socketPath', 'sentinel', 'cluster'] as const

function targetOf(options: RedisOptions): ResolvedTarget {
  const { url, host, socketPath, sentinel, cluster, port = REDIS_PORT, db = 0 } = options
  const given = PLACES.filter((place) => options[place] !== undefined)
  if (given.length !== 1) {
    throw new ConfigError(`createRedis() takes one of ${PLACES.join(', ')}, got ${given.join(' and ') || 'none'}`)
  }
  const tls = options.tls !== undefined
  const login = { username: options.username ?? null, password: options.password ?? null }
  if (url !== undefined) return targetOfUrl(url, options)
  if (host !== undefined) return { kind: 'standalone', tls, db, host, port, ...login }
  if (socketPath !== undefined) return { kind: 'socket', tls: false, db, path: socketPath, ...login }
  if (sentinel) {
    const { serviceName, sentinels, sentinelUsername, sentinelPassword } = sentinel
    if (sentinels.length === 0)
      throw new ConfigError('sentinel.sentinels is empty: name at least one sentinel, better three')
    const sentinelCredentials = { username: sentinelUsername ?? null, password: sentinelPassword ?? null }
    return { kind: 'sentinel', tls, db, serviceName, sentinels, sentinelCredentials, ...login }
  }
  if (!cluster || cluster.nodes.length === 0)
    throw new ConfigError('cluster.nodes is empty: name at least one node, better three')
  return { kind: 'cluster', tls, nodes: cluster.nodes, ...login }
}

function targetOfUrl(url: string, { tls, db, username, password }: RedisOptions): RedisTarget {
  const target = parseRedisUrl(url)
  if (tls && !target.tls) {
    throw new ConfigError('tls is given, but the URL does not ask for TLS: write rediss:// (or rediss+sentinel://)')
  }
  if (db !== undefined || username !== undefined || password !== undefined) {
    throw new ConfigError('db, username and password stand in the URL itself: redis://user:password@host:6379/0')
  }
  return target
}

function tlsOf(
  target: ResolvedTarget,
  { ca, servername, rejectUnauthorized = true }: TlsOptions = {},
): ResolvedTls | undefined {
  return target.tls ? { ca, servername, rejectUnauthorized } : undefined
}

function breakerOf({
  failureRatio = 0.5,
  minimumCalls = 5,
  window = '10s',
  openFor = '1s',
}: NonNullable<RedisOptions['breaker']>): BreakerOptions {
  if (!(failureRatio > 0 && failureRatio <= 1))
    throw new ConfigError(`breaker.failureRatio must be above 0 and at most 1, got ${failureRatio}`)
  return {
    failureRatio,
    minimumCalls: wholeNumber(minimumCalls, 'breaker.minimumCalls', 1, 1_000_000),
    windowMs: toMs(window, 'breaker.window'),
    openMs: toMs(openFor, 'breaker.openFor'),
  }
}

function positiveMs(duration: Duration, option: string): number {
  const ms = toMs(duration, option)
  if (ms > 0) return ms
  throw new ConfigError(`${option} must be longer than zero`)
}

function wholeNumber(number: number, option: string, least: number, most: number): number {
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number
  throw new ConfigError(`${option} must be a whole number from ${least} to ${most}, got ${number}`)
}
