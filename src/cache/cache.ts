import { createEmitter } from '../base/emitter.ts'
import type { Duration } from '../base/duration.ts'
import { ClosedError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import { checkTag } from '../keys/key.ts'
import { resolveTargets, type InvalidationTargets } from '../keys/target.ts'
import type { InvalidationNote, InvalidationResult } from '../log/appender.ts'
import { createLocalLog } from '../log/local-log.ts'
import { createLog } from '../log/log.ts'
import { guardedStore } from '../store/guarded-store.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { createRedisStore } from '../store/redis-store.ts'
import { createBackground } from './background.ts'
import type { CacheDeps } from './deps.ts'
import { createFlights } from './flights.ts'
import { get, getOrSet } from './get-or-set.ts'
import { invalidate } from './invalidate.ts'
import type { Consistency, Loader, ResolvedLoadOptions } from './load.ts'
import { positiveMs, resolveCacheOptions, type CacheOptions } from './options.ts'
import { set, type SetResult } from './set.ts'

/** How one value is stored. */
export interface SetOptions {
  /** How long it is fresh. @default the cache's `ttl` */
  readonly ttl?: Duration
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
}

/** How one value is read and, when it is missing, loaded. */
export interface GetOrSetOptions extends SetOptions, GetOptions {
  /** How long the loader may take; a LoaderTimeoutError reaches everyone who waits after that. @default no limit */
  readonly timeout?: Duration
}

/** How the cache stands now. */
export interface CacheHealth {
  /** `degraded`: the log has not been heard from within the bound, so reads go to the source. */
  readonly state: 'ok' | 'degraded'
  /** Milliseconds since the log was heard from; Infinity when it never was. */
  readonly heardMsAgo: number
}

/**
 * A cache that states how stale a read can be: after an invalidation was acknowledged, no read that begins later than the
 * bound is served, in any process, a value whose load began before that invalidation was called.
 */
export interface Cache {
  readonly namespace: string
  /** The fresh value of a key; undefined when there is none, and when Redis cannot be asked. Never loads. */
  get<T = unknown>(key: string, options?: GetOptions): Promise<T | undefined>
  /**
   * The value of a key, loaded by `loader` while it is missing: once at a time in this process, however many ask.
   * The loader's own error reaches every caller that waits for it. @throws KeyError, LoaderTimeoutError
   */
  getOrSet<T>(key: string, loader: Loader<T>, options?: GetOrSetOptions): Promise<T>
  /** Stores a value in place of whatever is cached for its key, everywhere. @throws KeyError, EncodeError */
  set(key: string, value: unknown, options?: SetOptions): Promise<SetResult>
  /**
   * Invalidates keys, tags, a pattern (`*` or a prefix ending in `:*`), or all. Call it after the change is visible to the
   * reads that loaders do. Never throws because of Redis: the result says whether it was acknowledged. @throws KeyError
   */
  invalidate(targets: InvalidationTargets & InvalidationNote): Promise<InvalidationResult>
  health(): CacheHealth
  /** Listens to events, each in the asynchronous context of the call it is about. Returns the removal. */
  on(listener: (event: HoldfastEvent) => void): () => void
  /** Stops following the log and waits for fills under way. Leaves Redis open: whoever created it closes it. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A cache on a Redis that others share, or in this process only with `redis: null`. Returns at once; the first reads wait
 * for the first answer of Redis, within its deadline.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG), KeyError (ERR_HOLDFAST_KEY: the namespace)
 */
export function createCache(cacheOptions: CacheOptions): Cache {
  const options = resolveCacheOptions(cacheOptions)
  const deps = createDeps(options)
  let closed = false

  const open = (): CacheDeps => {
    if (closed) throw new ClosedError(`The cache ${options.namespace} was used after close()`)
    return deps
  }
  const resolve = ({ ttl, tags = [], timeout, consistency = 'bounded' }: GetOrSetOptions): ResolvedLoadOptions => ({
    ttlMs: ttl === undefined ? options.ttlMs : positiveMs(ttl, 'ttl'),
    tags: tags.map(checkTag),
    timeoutMs: timeout === undefined ? undefined : positiveMs(timeout, 'timeout'),
    consistency,
  })
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await deps.background.settled()
    deps.log.close()
    deps.l1.clear()
  }

  return {
    namespace: options.namespace,
    get: async <T>(key: string, { consistency = 'bounded' }: GetOptions = {}) =>
      (await get(open(), key, consistency)) as T | undefined,
    getOrSet: async <T>(key: string, loader: Loader<T>, given: GetOrSetOptions = {}) =>
      (await getOrSet(open(), key, loader, resolve(given))) as T,
    set: async (key, value, given = {}) => set(open(), key, value, resolve(given)),
    invalidate: async ({ reason, by, ...targets }) =>
      invalidate(open().log, resolveTargets(targets), { ...(reason && { reason }), ...(by && { by }) }),
    health: () => ({ state: deps.log.standing() === 'heard' ? 'ok' : 'degraded', heardMsAgo: deps.log.heardMsAgo() }),
    on: (listener) => deps.events.on(listener),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function createDeps(options: ReturnType<typeof resolveCacheOptions>): CacheDeps {
  const { redis, namespace, clock, random } = options
  const events = createEmitter<HoldfastEvent>()
  return {
    options,
    clock,
    events,
    log: redis
      ? createLog({ ...options, redis, events, defer: (task) => void setImmediate(task) })
      : createLocalLog({ clock, random, events }),
    l1: createMemoryStore(options),
    l2: redis ? guardedStore(createRedisStore(redis, namespace), events) : undefined,
    flights: createFlights(),
    background: createBackground(),
  }
}
