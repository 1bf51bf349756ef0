import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import { systemRandom, type Random } from '../base/random.ts'
import { checkNamespace } from '../keys/key.ts'
import type { Redis } from '../redis/redis.ts'
import type { Ttls } from './ttl-table.ts'

/** What a person writes to make a cache. */
export interface CacheOptions {
  /** Where entries are shared; `null` keeps them in this process only. The cache does not close it. */
  readonly redis: Redis | null
  /** Separates applications and environments on one Redis: 1 to 64 of A–Z a–z 0–9 _ -. */
  readonly namespace: string
  /**
   * `false` sends every read to the source and keeps nothing; invalidations are still sent, for processes where it is on.
   * @default true
   */
  readonly enabled?: boolean
  /**
   * X of the promise: how long after an acknowledged invalidation a read elsewhere may still be served the old value.
   * At least 100 ms; 2 s rides over one lost heartbeat.
   * @default '2s'
   */
  readonly bound?: Duration
  /**
   * How often the log is heard from when nothing else asks. At most half the bound.
   * @default a quarter of the bound
   */
  readonly heartbeat?: Duration
  /**
   * How long a value is fresh when nothing else is said.
   * @default '1h'
   */
  readonly ttl?: Duration
  /**
   * How long the members of a family are fresh when the family does not say, by its name in any spelling (`userSessions`,
   * `user_sessions`).
   * @default requirements 1h, features 15m, userSessions 30m, schemaValidation 2h, databaseQueries 5m, userPreferences 24h
   */
  readonly ttls?: Ttls
  /**
   * Values kept in this process, at most.
   * @default 10_000
   */
  readonly maxEntries?: number
  /**
   * Bytes of values kept in this process, measured as they are stored in Redis.
   * @default 67_108_864 (64 MiB)
   */
  readonly maxBytes?: number
  /**
   * Values larger than this are returned but not stored.
   * @default 1_048_576 (1 MiB)
   */
  readonly maxEntryBytes?: number
  /**
   * Freezes plain objects and arrays as they are cached, so that no caller changes what another one reads. Turn it off
   * where every caller treats values as read-only and the walk through each loaded value matters.
   * @default true
   */
  readonly freeze?: boolean
  /**
   * How long the lease of a load outlives its holder: while one process loads a missing key, the others wait for it. `false`
   * has each process load for itself.
   * @default '2s'
   */
  readonly lease?: Duration | false
  /** Time, for tests. @default the machine's */
  readonly clock?: Clock
  /** Randomness, for tests. @default the machine's */
  readonly random?: Random
}

export interface ResolvedCacheOptions {
  readonly enabled: boolean
  readonly redis: Redis | null
  readonly namespace: string
  readonly boundMs: number
  readonly heartbeatMs: number
  readonly ttlMs: number
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxEntryBytes: number
  readonly freeze: boolean
  readonly leaseMs: number | undefined
  readonly clock: Clock
  readonly random: Random
}

const MIN_BOUND_MS = 100

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) or KeyError (ERR_HOLDFAST_KEY, the namespace) when an option cannot work */
export function resolveCacheOptions(options: CacheOptions): ResolvedCacheOptions {
  const boundMs = toMs(options.bound ?? '2s', 'bound')
  if (boundMs < MIN_BOUND_MS)
    throw new ConfigError(
      `bound must be at least ${MIN_BOUND_MS} ms, or ordinary delays would make every read ask Redis, got ${boundMs} ms`,
    )
  const heartbeatMs = options.heartbeat === undefined ? boundMs / 4 : toMs(options.heartbeat, 'heartbeat')
  if (heartbeatMs <= 0 || heartbeatMs > boundMs / 2) {
    throw new ConfigError(
      `heartbeat must be above zero and at most half the bound (${boundMs / 2} ms), got ${heartbeatMs} ms`,
    )
  }
  return {
    enabled: options.enabled ?? true,
    redis: options.redis,
    namespace: checkNamespace(options.namespace),
    boundMs,
    heartbeatMs,
    ttlMs: positiveMs(options.ttl ?? '1h', 'ttl'),
    maxEntries: positiveInteger(options.maxEntries ?? 10_000, 'maxEntries'),
    maxBytes: positiveInteger(options.maxBytes ?? 67_108_864, 'maxBytes'),
    maxEntryBytes: positiveInteger(options.maxEntryBytes ?? 1_048_576, 'maxEntryBytes'),
    freeze: options.freeze ?? true,
    leaseMs: options.lease === false ? undefined : leaseMsOf(options.lease ?? '2s'),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}

function leaseMsOf(lease: Duration): number {
  const ms = toMs(lease, 'lease')
  if (ms < 100)
    throw new ConfigError(
      `lease must be at least 100 ms, or false, got ${ms} ms: it is renewed three times in its life`,
    )
  return ms
}

/** A TTL: a length of time above zero, since an entry that is never fresh would only cost. */
export function positiveMs(duration: Duration, option: string): number {
  const ms = toMs(duration, option)
  if (ms <= 0) throw new ConfigError(`${option} must be longer than zero, got ${JSON.stringify(duration)}`)
  return ms
}

function positiveInteger(number: number, option: string): number {
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new ConfigError(`${option} must be a whole number above zero, got ${number}`)
}
