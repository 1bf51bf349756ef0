/**
 * The collector: listens to what a cache, its Redis and its sessions tell, and gives all of it as samples. The engine knows
 * nothing of it, and it asks Redis nothing, so reading it is cheap and works while Redis is away.
 *
 * Every consumer reads the same samples: the exposition for Prometheus, OpenTelemetry, the sampler, the alert rules.
 */
import { systemClock, type Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import type { Cache } from '../cache/cache.ts'
import type { Redis } from '../redis/redis.ts'
import type { Sessions } from '../session/sessions.ts'
import { createCacheCounts, type Observe, type ObserveFamily } from './cache-counts.ts'
import { instrument } from './catalogue.ts'
import { FamilyCounts } from './family-counts.ts'
import { createNames } from './names.ts'
import { createRedisCounts } from './redis-counts.ts'
import type { Labels, Sample } from './sample.ts'
import { createSessionSamples } from './session-counts.ts'

export interface MetricsOptions {
  readonly cache: Pick<Cache, 'on' | 'stats' | 'health' | 'enabled' | 'families'>
  /** Missing: a cache without Redis. */
  readonly redis?: Pick<Redis, 'on' | 'health'> | undefined
  readonly sessions?: Pick<Sessions, 'stats' | 'count'> | undefined
  /**
   * Names that keys begin with, besides those of `cache.family` and `cache.cached`, which are known. A hundred in all have a
   * label of their own; everything else is `other`.
   */
  readonly families?: readonly string[]
  /**
   * Begins every name.
   * @default 'cache_'
   */
  readonly prefix?: string
  readonly clock?: Clock
}

export interface Metrics {
  readonly prefix: string
  /** All series as they are now. */
  read(): readonly Sample[]
  /** Told of each observation of a histogram. Returns the removal. */
  onObserve(observe: Observe): () => void
  /** Stops listening; what was counted can still be read. */
  close(): void
}

/**
 * Counts what a cache, its Redis and its sessions do, from now on.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when the prefix cannot begin a metric's name
 */
export function createMetrics({
  cache,
  redis,
  sessions,
  families = [],
  prefix = 'cache_',
  clock = systemClock,
}: MetricsOptions): Metrics {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(prefix)) {
    throw new ConfigError(
      `prefix must be letters, digits and _, and begin with no digit, got ${JSON.stringify(prefix)}`,
    )
  }
  const names = createNames({
    make: () => new FamilyCounts(),
    declared: () => [families, cache.families()],
  })
  const observers = new Set<ObserveFamily>()
  const counts = createCacheCounts(names, observers)
  const closes = [cache.on((event) => counts.count(event))]
  const redisCounts = redis && createRedisCounts(redis)
  const sessionSamples = sessions && createSessionSamples({ sessions, clock })
  if (redisCounts) closes.push(() => redisCounts.close())
  if (sessionSamples) closes.push(() => sessionSamples.close())

  function* samples(): IterableIterator<Sample> {
    yield* counts.read()
    yield* standing(cache)
    if (redisCounts) yield* redisCounts.read()
    if (sessionSamples) yield* sessionSamples.read()
    yield one('build_info', 1, {
      node: process.version,
      redis_version: redis?.health().server.version ?? '',
      mode: redis ? 'redis' : 'memory',
    })
  }
  return {
    prefix,
    read: () => [...samples()],
    onObserve(observe) {
      const nameOf = (wanted: FamilyCounts): string => {
        for (const [name, family] of names.entries()) if (family === wanted) return name
        return ''
      }
      const known = new WeakMap<FamilyCounts, string>()
      const tell: ObserveFamily = (family, name, labels, value, times) => {
        const cacheName = known.get(family) ?? nameOf(family)
        known.set(family, cacheName)
        observe(name, { cache: cacheName, ...labels }, value, times)
      }
      observers.add(tell)
      return () => void observers.delete(tell)
    },
    close() {
      for (const close of closes) close()
    },
  }
}

function* standing(cache: MetricsOptions['cache']): IterableIterator<Sample> {
  const { state, heardMsAgo, boundMs, bound } = cache.health()
  const { memory } = cache.stats()
  yield one('evictions_total', memory.evicted, { tier: 'l1', cause: 'size' })
  yield one('staleness_seconds', heardMsAgo / 1000)
  yield one('staleness_bound_seconds', boundMs / 1000)
  yield one('bound_held', bound === 'held' ? 1 : 0)
  yield one('enabled', cache.enabled() ? 1 : 0)
  yield one('ready', state === 'ok' ? 1 : 0)
  yield one('l1_entries', memory.entries)
  yield one('l1_size_bytes', memory.bytes)
}

function one(name: string, value: number, labels: Labels = {}): Sample {
  return { instrument: instrument(name), labels, value }
}
