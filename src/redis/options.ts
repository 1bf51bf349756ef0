import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import type { BreakerOptions } from './breaker.ts'
import {
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

/** What a person writes to reach a Redis. One of `url`, `sentinel` and `cluster` says where it is. */
export interface RedisOptions {
  /** `redis://`, `rediss://` (TLS), `unix://`, `redis+sentinel://`, `rediss+sentinel://` or `redis-sentinel://`; see docs/operations/redis.md. */
  readonly url?: string
  /** A primary that sentinels name. */
  readonly sentinel?: {
    readonly serviceName: string
    readonly sentinels: readonly RedisAddress[]
    readonly db?: number
    readonly sentinelUsername?: string
    readonly sentinelPassword?: string
  }
  /** A cluster, by some of its nodes. */
  readonly cluster?: { readonly nodes: readonly RedisAddress[] }
  /** The ACL user, with `sentinel` and `cluster`; a URL carries its own. */
  readonly username?: string
  readonly password?: string
  /** Speaks TLS, with `sentinel` and `cluster`; gives the CA, with a `rediss://` URL. */
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

function targetOf({ url, sentinel, cluster, tls, ...login }: RedisOptions): ResolvedTarget {
  const [username, password] = [login.username ?? null, login.password ?? null]
  const given = [url, sentinel, cluster].filter((one) => one !== undefined).length
  if (given !== 1)
    throw new ConfigError(
      `createRedis() takes one of url, sentinel and cluster, got ${given === 0 ? 'none' : 'several'}`,
    )
  if (url !== undefined) {
    if (username !== null || password !== null)
      throw new ConfigError('username and password stand beside url, which carries its own: write them into the URL')
    const target = parseRedisUrl(url)
    if (tls && !target.tls)
      throw new ConfigError('tls is given, but the URL does not ask for TLS: write rediss:// (or rediss+sentinel://)')
    return target
  }
  if (sentinel) {
    if (sentinel.sentinels.length === 0)
      throw new ConfigError('sentinel.sentinels is empty: name at least one sentinel, better three')
    const { serviceName, sentinels, db = 0 } = sentinel
    const sentinelCredentials = {
      username: sentinel.sentinelUsername ?? null,
      password: sentinel.sentinelPassword ?? null,
    }
    return {
      kind: 'sentinel',
      tls: tls !== undefined,
      db,
      serviceName,
      sentinels,
      sentinelCredentials,
      username,
      password,
    }
  }
  if (!cluster || cluster.nodes.length === 0)
    throw new ConfigError('cluster.nodes is empty: name at least one node, better three')
  return { kind: 'cluster', tls: tls !== undefined, nodes: cluster.nodes, username, password }
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
