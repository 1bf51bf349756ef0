import { createEmitter } from '../base/emitter.ts'
import { ClosedError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import { checkTag } from '../keys/key.ts'
import { loadsChannel } from '../keys/redis-key.ts'
import { resolveTargets, type InvalidationTargets } from '../keys/target.ts'
import type { InvalidationNote } from '../log/appender.ts'
import { createLocalLog } from '../log/local-log.ts'
import { createLog } from '../log/log.ts'
import { guardedStore } from '../store/guarded-store.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { createRedisStore } from '../store/redis-store.ts'
import { createBackground } from './background.ts'
import type { CacheDeps } from './deps.ts'
import { cached, type CachedFunction, type CachedOptions } from './cached.ts'
import { family, type Family, type FamilyId, type FamilyOptions } from './family.ts'
import { createFleet } from './fleet.ts'
import { createFlights } from './flights.ts'
import { get, getOrSet } from './get-or-set.ts'
import { invalidate } from './invalidate.ts'
import { directVerbs, type Verbs } from './direct.ts'
import type { ResolvedLoadOptions } from './load.ts'
import type { Loader } from './run-loader.ts'
import { mutate } from './mutate.ts'
import { positiveMs, resolveCacheOptions, type CacheOptions } from './options.ts'
import { set } from './set.ts'
import { createTtlTable } from './ttl-table.ts'
import { warm, type WarmOptions, type WarmResult, type WarmStep } from './warm.ts'
import type { CacheVerbs, GetOptions, GetOrSetOptions } from './verbs.ts'

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
export interface Cache extends CacheVerbs {
  readonly namespace: string
  /**
   * Runs a change of the source and invalidates what it makes stale, before and after it, also when it throws. Resolves to
   * what the change gives. @throws KeyError before the change has begun; and whatever the change throws
   */
  mutate<T>(targets: InvalidationTargets & InvalidationNote, change: () => Promise<T> | T): Promise<T>
  /** Wraps a function so that equal calls are answered from the cache. @throws KeyError (the name) */
  cached<Args extends readonly unknown[], T>(
    fn: (...args: Args) => Promise<T> | T,
    options: CachedOptions<Args>,
  ): CachedFunction<Args, T>
  /** A named group of keys that share how they are loaded, how long they are fresh and how they are tagged. @throws KeyError (the name) */
  family<Id extends FamilyId, T>(name: string, options: FamilyOptions<Id, T>): Family<Id, T>
  /**
   * Reads the entries of a plan, a few at a time and the most important first, so that those who ask later find them.
   * @throws ConfigError (the concurrency); a load that fails is counted
   */
  warm(plan: readonly WarmStep[], options?: WarmOptions): Promise<WarmResult>
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
  const ttlOf = createTtlTable(cacheOptions.ttls)
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
    deps.closeFleet()
    deps.l1.clear()
  }

  const { get, getOrSet, set } = options.enabled ? cachingVerbs : directVerbs
  const verbs: CacheVerbs = {
    get: async <T>(key: string, { consistency = 'bounded' }: GetOptions = {}) =>
      (await get(open(), key, consistency)) as T | undefined,
    getOrSet: async <T>(key: string, loader: Loader<T>, given: GetOrSetOptions = {}) =>
      (await getOrSet(open(), key, loader, resolve(given))) as T,
    set: async (key, value, given = {}) => set(open(), key, value, resolve(given)),
    invalidate: async ({ reason, by, ...targets }) =>
      invalidate(open().log, resolveTargets(targets), { ...(reason && { reason }), ...(by && { by }) }),
  }
  return {
    ...verbs,
    namespace: options.namespace,
    mutate: (targets, change) => mutate(verbs, targets, change),
    cached: (fn, how) => cached(verbs, fn, how),
    family: (name, how) => family(verbs, name, { ttl: ttlOf(name) ?? options.ttlMs, ...how }),
    warm: (plan, how) => warm({ cache: verbs, clock: options.clock }, plan, how),
    health: () => ({ state: deps.log.standing() === 'heard' ? 'ok' : 'degraded', heardMsAgo: deps.log.heardMsAgo() }),
    on: (listener) => deps.events.on(listener),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const cachingVerbs: Verbs = { get, getOrSet, set }

function createDeps(options: ReturnType<typeof resolveCacheOptions>): CacheDeps & { readonly closeFleet: () => void } {
  const { redis, namespace, clock, random, leaseMs } = options
  const events = createEmitter<HoldfastEvent>()
  const l2 = redis ? guardedStore(createRedisStore(redis, namespace), events) : undefined
  const fleet = l2 && leaseMs ? createFleet({ clock, random, store: l2, leaseMs }) : undefined
  const ends = fleet && redis?.subscribe(loadsChannel(namespace), (message) => fleet.hear(message))
  return {
    options,
    clock,
    events,
    log: redis
      ? createLog({ ...options, redis, events, defer: (task) => void setImmediate(task) })
      : createLocalLog({ clock, random, events }),
    l1: createMemoryStore(options),
    l2,
    flights: createFlights(),
    fleet,
    closeFleet: () => ends?.close(),
    background: createBackground(),
  }
}
