import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import { checkTag } from '../keys/key.ts'
import type { Form } from './content.ts'
import type { Staleness } from './staleness.ts'
import { positiveMs, resolveTtl, type TtlPolicy } from './ttl.ts'

/** `bounded`: by the promise. `strict`: as if the bound were zero, at the price of a heartbeat with every read. */
export type Consistency = 'bounded' | 'strict'

/** How one value is stored. */
export interface SetOptions {
  /** How long it is fresh: a length of time, or a policy that takes it from what the load cost. @default the cache's `ttl` */
  readonly ttl?: Duration | TtlPolicy
  /**
   * How long after its TTL it may still be served while one caller in the fleet refreshes it. Never after it was invalidated.
   * @default the cache's `grace`
   */
  readonly grace?: Duration
  /** How long after its TTL it is kept for readers with `staleIfError`. @default the cache's `staleIfError` */
  readonly staleIfError?: Duration
  /** Names by which it can be invalidated together with others. */
  readonly tags?: readonly string[]
}

/** How one value is read. */
export interface GetOptions {
  /**
   * `strict`: a value whose load began before an invalidation that was acknowledged before this read began is not served.
   * It costs a heartbeat in the read's round trip, shared by all strict reads of the turn; without Redis the source is asked.
   * @default 'bounded'
   */
  readonly consistency?: Consistency
  /** Called when a stale value is served, before it is. */
  readonly onStale?: (staleness: Staleness) => void
  /** Gives up the read: its promise rejects with the signal's reason. A load goes on for others and for the cache. */
  readonly signal?: AbortSignal
}

/** How a value is read that is not to be loaded. */
export interface PeekOptions extends GetOptions {
  /** Also a value past its TTL, as long as it is kept and was not invalidated. @default false */
  readonly stale?: boolean
}

/** How one value is read and, when it is missing, loaded. */
export interface GetOrSetOptions extends SetOptions, GetOptions {
  /** How long the loader may take; a LoaderTimeoutError reaches everyone who waits after that. @default no limit */
  readonly timeout?: Duration
  /**
   * With a value in its grace at hand: how long to wait for a better one before it is served.
   * @default 0, so that nobody waits
   */
  readonly softTimeout?: Duration
  /**
   * When the value cannot be loaded, serves the last one known, up to this long after its TTL, **also when it was
   * invalidated**, and tells by `onStale`. @default the cache's `staleIfError`, else never
   */
  readonly staleIfError?: Duration
  /**
   * Treats a value from before a failover or restart of Redis like one in its grace: served, told by `onStale`, and
   * refreshed. An invalidation of it may have been lost. @default false: it is loaded again
   */
  readonly serveUnverified?: boolean
  /** How long a loader's error answers further reads of the key, everywhere. @default 0: the next read loads again */
  readonly errorTtl?: Duration
  /**
   * Refreshes before the TTL ends, the likelier the nearer that is and the longer the load takes, so that readers of a hot
   * key never wait; 0 turns it off, above 1 begins earlier. XFetch: Vattani et al., "Optimal Probabilistic Cache Stampede
   * Prevention", VLDB 2015. @default 1
   */
  readonly earlyRefresh?: number
  /** Shortens each TTL by a random part of up to this share, so that what was loaded together does not end together. @default 0 */
  readonly jitter?: number
  /** The source that the loader asks, for the limit on loads under way. @default 'default' */
  readonly source?: string
}

/** What the options of a cache say for all its reads. */
export type ReadDefaults = Pick<
  GetOrSetOptions,
  'ttl' | 'grace' | 'staleIfError' | 'timeout' | 'softTimeout' | 'errorTtl' | 'earlyRefresh' | 'jitter'
>

/** How a value is stored, resolved. */
export interface ResolvedSetOptions {
  readonly ttl: TtlPolicy
  readonly graceMs: number
  readonly staleIfErrorMs: number
  readonly jitter: number
  readonly tags: readonly string[]
}

export interface ResolvedLoadOptions extends ResolvedSetOptions {
  readonly form: Form
  readonly consistency: Consistency
  readonly onStale: ((staleness: Staleness) => void) | undefined
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  readonly softTimeoutMs: number
  readonly serveUnverified: boolean
  readonly errorTtlMs: number
  readonly earlyRefresh: number
  readonly source: string
}

/** @throws ConfigError (ERR_HOLDFAST_CONFIG), KeyError (ERR_HOLDFAST_KEY: a tag) */
export function resolveLoadOptions(options: GetOrSetOptions, form: Form = 'value'): ResolvedLoadOptions {
  const { timeout, softTimeout, errorTtl, earlyRefresh = 1 } = options
  if (!(earlyRefresh >= 0 && earlyRefresh <= 100))
    throw new ConfigError(`earlyRefresh must be from 0 to 100, got ${earlyRefresh}`)
  return {
    ...resolveSetOptions(options),
    form,
    consistency: options.consistency ?? 'bounded',
    onStale: options.onStale,
    signal: options.signal,
    timeoutMs: timeout === undefined ? undefined : positiveMs(timeout, 'timeout'),
    softTimeoutMs: toMs(softTimeout ?? 0, 'softTimeout'),
    serveUnverified: options.serveUnverified ?? false,
    errorTtlMs: toMs(errorTtl ?? 0, 'errorTtl'),
    earlyRefresh,
    source: options.source ?? 'default',
  }
}

/** How long a value is fresh when nobody says. */
export const DEFAULT_TTL: Duration = '1h'

/** @throws ConfigError (ERR_HOLDFAST_CONFIG), KeyError (ERR_HOLDFAST_KEY: a tag) */
export function resolveSetOptions(options: Pick<GetOrSetOptions, keyof SetOptions | 'jitter'>): ResolvedSetOptions {
  const { ttl = DEFAULT_TTL, grace, staleIfError, tags = [], jitter = 0 } = options
  if (!(jitter >= 0 && jitter < 1))
    throw new ConfigError(`jitter must be a share of at least 0 and below 1, got ${jitter}`)
  return {
    ttl: resolveTtl(ttl),
    graceMs: toMs(grace ?? 0, 'grace'),
    staleIfErrorMs: toMs(staleIfError ?? 0, 'staleIfError'),
    jitter,
    tags: tags.map(checkTag),
  }
}

/** How long after its TTL a value is kept. */
export function keptMs({ graceMs, staleIfErrorMs }: ResolvedSetOptions): number {
  return Math.max(graceMs, staleIfErrorMs)
}
