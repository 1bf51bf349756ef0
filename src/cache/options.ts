import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import { systemRandom, type Random } from '../base/random.ts'
import { resolveCodecOptions, type CodecOptions, type ResolvedCodecOptions } from '../codec/options.ts'
import { checkNamespace } from '../keys/key.ts'
import type { Acknowledge } from '../log/replication.ts'
import type { SweepPace } from '../log/sweeper.ts'
import type { Redis } from '../redis/redis.ts'
import type { LoadLimitOptions } from './load-limit.ts'
import { resolveLoadOptions, type ReadDefaults } from './read-options.ts'
import type { Ttls } from './ttl-table.ts'
import { positiveMs } from './ttl.ts'

/** What a person writes to make a cache. */
export interface CacheOptions extends ReadDefaults, CodecOptions {
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
   * Bounds the loads under way at once in this process, per source.
   * @default { maxLoads: 100, maxWaiting: 10_000 }
   */
  readonly loads?: LoadLimitOptions
  /** Other bounds for single sources, by the name that a read gives as its `source`. */
  readonly sources?: Readonly<Record<string, LoadLimitOptions>>
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
   * Bytes that the values kept in this process may take on the heap, as far as that can be told.
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
  /**
   * When an invalidation counts as acknowledged: when the primary has it, or only when replicas have it too: half of
   * them, rounded up, or the number given. `replicated` makes heartbeats wait for as many, which is what keeps the bound
   * through a failover without a fence; while too few replicas answer, reads go to the source. With three replicas or more,
   * give the number.
   * @default 'primary'
   */
  readonly acknowledge?: Acknowledge
  /**
   * A file in which queued invalidations outlive this process: whoever starts on it next sends them before it serves
   * anything from Redis. Its folder must exist, and each process needs a file of its own. Needs a Redis.
   * @default none: what is queued dies with the process
   */
  readonly journal?: string
  /**
   * Frees the memory of entries in Redis that an invalidation, or a new epoch, made unservable: one process of the fleet
   * pages through the namespace's entries. Needs the right to SCAN. `false` leaves them to their TTL.
   * @default true
   */
  readonly sweep?: boolean | SweepOptions
  /** Time, for tests. @default the machine's */
  readonly clock?: Clock
  /** Randomness, for tests. @default the machine's */
  readonly random?: Random
}

/** When and how fast is swept. */
export interface SweepOptions {
  /** How long after an invalidation of more than single keys. @default '5s' */
  readonly after?: Duration
  /** How long after a sweep the next one may begin, in the whole fleet. @default '5m' */
  readonly every?: Duration
  /** Between two pages, so that Redis stays responsive. @default '20ms' */
  readonly pause?: Duration
  /** Keys that Redis looks at for a page. @default 1000 */
  readonly keysPerPage?: number
}

export interface ResolvedCacheOptions {
  readonly enabled: boolean
  readonly redis: Redis | null
  readonly namespace: string
  readonly boundMs: number
  readonly heartbeatMs: number
  /** What every read says unless its own options do. */
  readonly reads: ReadDefaults
  readonly codec: ResolvedCodecOptions
  readonly limitsOf: (source: string) => Required<LoadLimitOptions>
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxEntryBytes: number
  readonly freeze: boolean
  readonly leaseMs: number | undefined
  readonly acknowledge: Acknowledge
  readonly journal: string | undefined
  readonly sweep: SweepPace | undefined
  readonly clock: Clock
  readonly random: Random
}

const MIN_BOUND_MS = 100
const MAX_ENTRY_BYTES = 1_048_576

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
    reads: readDefaults(options),
    codec: resolveCodecOptions(options, options.maxEntryBytes ?? MAX_ENTRY_BYTES),
    limitsOf: loadLimits(options),
    maxEntries: positiveInteger(options.maxEntries ?? 10_000, 'maxEntries'),
    maxBytes: positiveInteger(options.maxBytes ?? 67_108_864, 'maxBytes'),
    maxEntryBytes: positiveInteger(options.maxEntryBytes ?? MAX_ENTRY_BYTES, 'maxEntryBytes'),
    freeze: options.freeze ?? true,
    leaseMs: options.lease === false ? undefined : leaseMsOf(options.lease ?? '2s'),
    acknowledge: acknowledgeOf(options.acknowledge ?? 'primary'),
    journal: journalOf(options),
    sweep: sweepOf(options.sweep ?? true),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}

function acknowledgeOf(acknowledge: Acknowledge): Acknowledge {
  if (typeof acknowledge === 'object') positiveInteger(acknowledge.replicas, 'acknowledge.replicas')
  else if (acknowledge !== 'primary' && acknowledge !== 'replicated')
    throw new ConfigError(
      `acknowledge must be 'primary', 'replicated' or { replicas }, got ${JSON.stringify(acknowledge)}`,
    )
  return acknowledge
}

function journalOf({ journal, redis }: CacheOptions): string | undefined {
  if (journal === undefined) return undefined
  if (!redis) throw new ConfigError('journal is for invalidations that Redis has not acknowledged: redis is null')
  if (journal === '') throw new ConfigError('journal is empty: give the path of a file')
  return journal
}

function sweepOf(sweep: boolean | SweepOptions): SweepPace | undefined {
  if (sweep === false) return undefined
  const { after = '5s', every = '5m', pause = '20ms', keysPerPage = 1000 } = sweep === true ? {} : sweep
  return {
    afterMs: positiveMs(after, 'sweep.after'),
    everyMs: positiveMs(every, 'sweep.every'),
    pauseMs: toMs(pause, 'sweep.pause'),
    keysPerPage: positiveInteger(keysPerPage, 'sweep.keysPerPage'),
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

/** @throws ConfigError for what no read could use */
function readDefaults(options: CacheOptions): ReadDefaults {
  const { ttl, grace, staleIfError, timeout, softTimeout, errorTtl, earlyRefresh, jitter } = options
  const reads: ReadDefaults = {
    ttl: ttl ?? '1h',
    ...(grace !== undefined && { grace }),
    ...(staleIfError !== undefined && { staleIfError }),
    ...(timeout !== undefined && { timeout }),
    ...(softTimeout !== undefined && { softTimeout }),
    ...(errorTtl !== undefined && { errorTtl }),
    ...(earlyRefresh !== undefined && { earlyRefresh }),
    ...(jitter !== undefined && { jitter }),
  }
  resolveLoadOptions(reads)
  return reads
}

function loadLimits({ loads = {}, sources = {} }: CacheOptions): (source: string) => Required<LoadLimitOptions> {
  const resolve = ({ maxLoads, maxWaiting }: LoadLimitOptions, name: string): Required<LoadLimitOptions> => ({
    maxLoads: positiveInteger(maxLoads ?? 100, `${name}.maxLoads`),
    maxWaiting: positiveInteger(maxWaiting ?? 10_000, `${name}.maxWaiting`),
  })
  const common = resolve(loads, 'loads')
  const own = new Map(
    Object.entries(sources).map(([source, limits]) => [source, resolve({ ...loads, ...limits }, `sources.${source}`)]),
  )
  return (source) => own.get(source) ?? common
}

function positiveInteger(number: number, option: string): number {
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new ConfigError(`${option} must be a whole number above zero, got ${number}`)
}
