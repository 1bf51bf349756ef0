import { Glance } from '../base/clock.ts'
import { createEmitter } from '../base/emitter.ts'
import { ClosedError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import { createCodec } from '../codec/codec.ts'
import { loadsChannel } from '../keys/redis-key.ts'
import { resolveTargets, type InvalidationTargets } from '../keys/target.ts'
import type { InvalidationNote } from '../log/appender.ts'
import { openJournal } from '../log/journal.ts'
import { openJournalFile } from '../log/journal-file.ts'
import { createLocalLog } from '../log/local-log.ts'
import { createLog, type LogSettings } from '../log/log.ts'
import type { BoundState } from '../redis/fence.ts'
import { guardedStore } from '../store/guarded-store.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { createRedisStore } from '../store/redis-store.ts'
import { createBackground } from './background.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import { cached, type CachedFunction, type CachedOptions } from './cached.ts'
import { explain, type Explanation } from './explain.ts'
import { family, type Family, type FamilyId, type FamilyOptions } from './family.ts'
import { createFleet } from './fleet.ts'
import { createFlights } from './flights.ts'
import type { Form } from './content.ts'
import { getHere } from './get-or-set.ts'
import { invalidate } from './invalidate.ts'
import { cachingVerbs, directVerbs, type Verbs } from './direct.ts'
import { createFailures } from './failures.ts'
import { jsonAnswer, type JsonOptions } from './json-answer.ts'
import { createLoadLimits } from './load-limit.ts'
import type { LoadMany } from './load-many.ts'
import { mutate } from './mutate.ts'
import { NearHits } from './near-hits.ts'
import { resolveCacheOptions, type CacheOptions } from './options.ts'
import { createOperations, type Operations } from './operations.ts'
import {
  DEFAULT_TTL,
  resolveLoadOptions,
  resolveSetOptions,
  type GetOrSetOptions,
  type PeekOptions,
  type SetOptions,
} from './read-options.ts'
import { createRecentEvents } from './recent-events.ts'
import type { Loader } from './run-loader.ts'
import { createStatsCounter, type CacheStats } from './stats.ts'
import { createTtlTable } from './ttl-table.ts'
import type { CacheVerbs } from './verbs.ts'
import { warm, type WarmOptions, type WarmResult, type WarmStep } from './warm.ts'

/** How the cache stands now, and whether its bound holds through a failover of Redis. */
export type CacheHealth = BoundState & {
  /** `degraded`: the log has not been heard from within the bound, so reads go to the source. */
  readonly state: 'ok' | 'degraded'
  /** Milliseconds since the log was heard from; Infinity when it never was. */
  readonly heardMsAgo: number
  /** How stale a read can be at most, by the options. */
  readonly boundMs: number
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
  /** Names of the families and cached functions that were made: what their keys begin with. The same list until one is made. */
  families(): readonly string[]
  /** Names that keys begin with before a colon, besides those of family() and cached(): to be told apart in figures. */
  declareFamilies(names: readonly string[]): void
  /**
   * Reads the entries of a plan, a few at a time and the most important first, so that those who ask later find them.
   * @throws ConfigError (the concurrency); a load that fails is counted
   */
  warm(plan: readonly WarmStep[], options?: WarmOptions): Promise<WarmResult>
  /** What every layer holds of a key, whether it would be served, why not, and who invalidated it. @throws KeyError */
  explain(key: string): Promise<Explanation>
  /** Whether it caches: as it was made, and as the fleet was switched last. */
  enabled(): boolean
  /**
   * Switches caching on or off, here at once, and in every other process as soon as Redis has told it; a process that starts
   * later hears of it too. Switched off, every read asks the source; invalidations are sent all the same. While Redis is away
   * it is not acknowledged, and sent when Redis answers. A cache that was made with `enabled: false` stays off.
   */
  switchTo(
    enabled: boolean,
    note?: Pick<InvalidationNote, 'by' | 'reason'>,
  ): Promise<{ readonly acknowledged: boolean }>
  /** What this process's cache did since it was made, and what it keeps. */
  stats(): CacheStats
  health(): CacheHealth
  /** What an operator looks at and turns. */
  readonly operations: Operations
  /**
   * Listens to events, each in the asynchronous context of the call it is about. Returns the removal. With `hits: 'sampled'`,
   * of the hits in this process's memory only those that are timed are told, one in 64, and hits stay cheap: see
   * {@link Cache.nearHits} for their number.
   */
  on(listener: (event: HoldfastEvent) => void, options?: { readonly hits?: 'all' | 'sampled' }): () => void
  /** The hits in this process's memory since the cache was made, by family; `other` for all else. Exact. */
  nearHits(): Readonly<Record<string, number>>
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
export function createCache(options: CacheOptions): Cache {
  return createCacheWith(options, { defer: (task) => void setImmediate(task) })
}

/** What a simulation of the engine decides and no caller does. */
export interface EngineSettings extends LogSettings {
  /** Runs a task when this turn's callbacks have run. */
  readonly defer: (task: () => void) => void
}

/** The same cache, by settings that only a simulation changes. */
export function createCacheWith(cacheOptions: CacheOptions, settings: EngineSettings): Cache {
  const options = resolveCacheOptions(cacheOptions)
  const ttls = createTtlTable(cacheOptions.ttls)
  const deps = createDeps(options, settings)
  const stats = createStatsCounter()
  deps.events.on((event) => stats.count(event))
  let closed = false

  const open = (): CacheDeps => {
    if (closed) throw new ClosedError(`The cache ${options.namespace} was used after close()`)
    return deps
  }
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await deps.background.settled()
    await deps.log.close()
    deps.closeFleet()
    deps.l1.clear()
  }

  const isOn = (): boolean => options.enabled && deps.log.enabled()
  const on = (): Verbs => (isOn() ? cachingVerbs : directVerbs)
  // Closed, it keeps nothing.
  const here = (key: string, loader: Loader<unknown>, given: GetOrSetOptions, form: Form): CachedEntry | undefined =>
    isOn() ? getHere(deps, key, loader, given, form) : undefined
  const verbs: CacheVerbs = {
    get: async <T>(key: string, given: PeekOptions = {}) =>
      (await on().get(open(), key, given))?.content.value as T | undefined,
    getMany: async <T>(keys: readonly string[], given: PeekOptions = {}) =>
      valuesOf<T>(await on().getMany(open(), keys, given)),
    // Not an async function: one would make a promise for each hit, and wait for the one of a lookup three times.
    getOrSet: <T>(key: string, loader: Loader<T>, given: GetOrSetOptions = {}): Promise<T> => {
      try {
        const near = here(key, loader, given, 'value')
        if (near) return near.content.promised as Promise<T>
        const entry = on().getOrSet(open(), key, loader, given, 'value')
        return (entry instanceof Promise ? entry.then(valueOf) : entry.content.promised) as Promise<T>
      } catch (error) {
        return Promise.reject(error)
      }
    },
    getOrSetMany: async <T>(keys: readonly string[], loadMany: LoadMany<T>, given: GetOrSetOptions = {}) =>
      valuesOf<T>(await on().getOrSetMany(open(), keys, loadMany, deps.resolve(given, 'value'))),
    async getOrSetJson(key, loader, given: JsonOptions = {}) {
      const entry = here(key, loader, given, 'json') ?? (await on().getOrSet(open(), key, loader, given, 'json'))
      return jsonAnswer(entry.content.json, given.ifNoneMatch)
    },
    set: async (key, value, given: SetOptions = {}) =>
      on().set(open(), key, value, resolveSetOptions({ ...options.reads, ...given })),
    invalidate: async ({ reason, by, acknowledge, ...targets }) =>
      invalidate(open().log, resolveTargets(targets), {
        ...(reason && { reason }),
        ...(by && { by }),
        ...(acknowledge && { acknowledge }),
      }),
  }
  const warming: Pick<CacheVerbs, 'getOrSet'> = {
    getOrSet: async <T>(key: string, loader: Loader<T>, given: GetOrSetOptions = {}) => {
      const near = here(key, loader, given, 'value')
      const entry = near ?? (await on().getOrSet({ ...open(), trigger: 'warm' }, key, loader, given, 'value'))
      return entry.content.value as T
    },
  }
  return {
    ...verbs,
    namespace: options.namespace,
    mutate: (targets, change) => mutate(verbs, targets, change),
    cached: (fn, how) => {
      const made = cached(verbs, fn, how)
      deps.nearHits.declare(how.name)
      return made
    },
    family: (called, how) => {
      const ttl = ttls.policyOf(called, how.ttl, options.reads.ttl ?? DEFAULT_TTL)
      const made = family(verbs, called, { ...how, ttl })
      deps.nearHits.declare(called)
      return made
    },
    families: () => deps.nearHits.families,
    declareFamilies(names) {
      for (const one of names) deps.nearHits.declare(one)
    },
    warm: (plan, how) => warm({ cache: warming, clock: options.clock }, plan, how),
    enabled: () => options.enabled && deps.log.enabled(),
    switchTo: async (enabled, note = {}) => open().log.switchTo(enabled, note),
    stats: () =>
      stats.snapshot({ entries: deps.l1.size, bytes: deps.l1.bytes, evicted: deps.l1.evicted }, deps.nearHits.total),
    explain: async (key) => explain(open(), key),
    health: () => ({
      ...deps.log.bound(),
      state: deps.log.standing() === 'heard' ? 'ok' : 'degraded',
      heardMsAgo: deps.log.heardMsAgo(),
      boundMs: options.boundMs,
    }),
    operations: createOperations(deps, ttls),
    on(listener, { hits = 'all' } = {}) {
      const ends = [deps.events.on(listener), ...(hits === 'all' ? [deps.nearHits.onUntimed(listener)] : [])]
      return () => {
        for (const end of ends) end()
      }
    },
    nearHits: () => deps.nearHits.byFamily(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function valueOf({ content }: CachedEntry): unknown {
  return content.value
}

function valuesOf<T>(entries: ReadonlyMap<string, CachedEntry>): Map<string, T> {
  const values = new Map<string, T>()
  for (const [key, { content }] of entries) {
    if (content.value !== undefined) values.set(key, content.value as T)
  }
  return values
}

function createDeps(
  options: ReturnType<typeof resolveCacheOptions>,
  settings: EngineSettings,
): CacheDeps & { readonly closeFleet: () => void } {
  const { redis, namespace, clock, random, leaseMs, limitsOf } = options
  const events = createEmitter<HoldfastEvent>()
  const recent = createRecentEvents(clock)
  events.on((event) => recent.note(event))
  const l2 = redis ? guardedStore(createRedisStore(redis, namespace), events) : undefined
  const fleet = l2 && leaseMs ? createFleet({ clock, random, store: l2, leaseMs }) : undefined
  const { defer } = settings
  const journal =
    options.journal === undefined
      ? undefined
      : openJournal({ file: openJournalFile({ path: options.journal, clock, token: random.id() }), events, defer })
  const ends = fleet && redis?.subscribe(loadsChannel(namespace), (message) => fleet.hear(message))
  return {
    options,
    codec: createCodec(options.codec, namespace),
    clock,
    glance: new Glance(clock),
    nearHits: new NearHits({ clock, random, events }),
    random,
    events,
    log: redis
      ? createLog({ ...options, ...settings, redis, events, journal })
      : createLocalLog({ clock, random, events }),
    l1: createMemoryStore(options),
    l2,
    flights: createFlights(),
    failures: createFailures(clock),
    elsewhere: createFailures(clock),
    limits: createLoadLimits({ clock, limitsOf }),
    fleet,
    closeFleet: () => ends?.close(),
    background: createBackground(),
    resolve: (given, form) => resolveLoadOptions({ ...options.reads, ...given }, form),
    recent,
    trigger: 'miss',
  }
}
