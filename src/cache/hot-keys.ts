/**
 * The hottest keys of a cache: a listener counts a sample of its reads (heat-sketch.ts), and what it saw goes to Redis now
 * and then, where the processes of a fleet add up (hot-key-store.ts). After a restart the hottest keys are loaded first.
 * Only keys are kept, never how to load them: that is asked of whoever warms. Wrong heat costs a load too many, so
 * sampling, eviction and a lost save are all harmless.
 */
import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import { HITS_PER_SAMPLE, type HoldfastEvent } from '../base/events.ts'
import { systemRandom, type Random } from '../base/random.ts'
import type { Redis } from '../redis/redis.ts'
import { createHotKeyStore } from '../store/hot-key-store.ts'
import type { Cache } from './cache.ts'
import { gaps } from './gaps.ts'
import { createHeatSketch, type Heat } from './heat-sketch.ts'
import type { WarmEntry } from './warm.ts'

/** How hot keys are counted and kept. */
export interface HotKeysOptions {
  /** The cache whose reads are counted. */
  readonly cache: { readonly namespace: string; on: Cache['on'] }
  /** Where the fleet's heat is kept. */
  readonly redis: Pick<Redis, 'get' | 'run'>
  /**
   * Keys kept, in this process and in Redis: 1 to 2000, since each save sorts twice as many in Redis.
   * @default 500
   */
  readonly capacity?: number
  /**
   * One in so many reads is counted, at random. Below 64, hits in this process's memory cost more, since each is told.
   * @default 64
   */
  readonly sampleEvery?: number
  /**
   * How often what was seen goes to Redis. At least a second.
   * @default '1m'
   */
  readonly saveEvery?: Duration
  /**
   * How long until a key that is not read any more has half its heat.
   * @default '1h'
   */
  readonly halfLife?: Duration
  /**
   * How long the heat of a fleet that is gone is kept.
   * @default '7d'
   */
  readonly keepFor?: Duration
  /** Time, for tests. @default the machine's */
  readonly clock?: Clock
  /** Randomness, for tests. @default the machine's */
  readonly random?: Random
}

export interface HotKeys {
  /** What this process saw since it last saved, hottest first; estimated from the sample. */
  top(limit?: number): readonly Heat[]
  /** What the fleet saw, hottest first; nothing when Redis does not answer. */
  saved(limit?: number): Promise<readonly Heat[]>
  /** Sends to Redis what was seen; `unavailable`: Redis did not take it, and it is kept for the next time. */
  save(): Promise<'saved' | 'unavailable'>
  /**
   * The fleet's hottest keys as entries of a {@link WarmStep}, hottest first.
   *
   * @param resolve how a key is loaded; undefined leaves it out
   * @param limit keys to look at. @default all that are kept
   */
  entries(resolve: (key: string) => WarmEntry | undefined, limit?: number): AsyncIterable<WarmEntry>
  /** Stops counting and saves once more. */
  close(): Promise<void>
}

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) when an option cannot work */
export function createHotKeys(options: HotKeysOptions): HotKeys {
  const { cache, redis, clock = systemClock, random = systemRandom } = options
  const capacity = whole(options.capacity ?? 500, 'capacity', 2000)
  const sampleEvery = whole(options.sampleEvery ?? HITS_PER_SAMPLE, 'sampleEvery', 1_000_000)
  const saveEveryMs = atLeast(1000, options.saveEvery ?? '1m', 'saveEvery')
  const store = createHotKeyStore(redis, cache.namespace, {
    halfLifeMs: atLeast(1000, options.halfLife ?? '1h', 'halfLife'),
    keep: capacity,
    ttlMs: atLeast(1000, options.keepFor ?? '7d', 'keepFor'),
  })
  const sketch = createHeatSketch(capacity)
  const gap = gaps(sampleEvery, random)
  let left = gap()
  // Hits in memory are sampled as it is: told of all of them, each would cost more.
  const isSampled = sampleEvery >= HITS_PER_SAMPLE
  const listener = (event: HoldfastEvent): void => {
    if (event.type !== 'read') return
    if (isSampled && event.result === 'hit' && event.tier === 'l1') return sketch.touch(event.key, HITS_PER_SAMPLE)
    left -= 1
    if (left > 0) return
    left = gap()
    sketch.touch(event.key, sampleEvery)
  }
  const ends = cache.on(listener, { hits: isSampled ? 'sampled' : 'all' })

  const save: HotKeys['save'] = async () => {
    const taken = sketch.take()
    if ((await store.add(taken.map(({ key, heat }) => [key, heat]))) === 'added') return 'saved'
    for (const { key, heat } of taken) sketch.touch(key, heat)
    return 'unavailable'
  }
  const saved: HotKeys['saved'] = async (limit = capacity) =>
    (await store.read()).slice(0, limit).map(([key, heat]) => ({ key, heat }))

  let cancel = (): void => undefined
  const saveLater = (): void => {
    cancel = clock.after(saveEveryMs, () => {
      void save()
      saveLater()
    })
  }
  saveLater()
  return {
    top: (limit = capacity) => sketch.top(limit),
    saved,
    save,
    async *entries(resolve, limit) {
      for (const { key } of await saved(limit)) {
        const entry = resolve(key)
        if (entry) yield entry
      }
    },
    async close() {
      ends()
      cancel()
      await save()
    },
  }
}

function whole(number: number, option: string, most: number): number {
  if (Number.isSafeInteger(number) && number > 0 && number <= most) return number
  throw new ConfigError(`${option} must be a whole number from 1 to ${most}, got ${number}`)
}

function atLeast(leastMs: number, duration: Duration, option: string): number {
  const ms = toMs(duration, option)
  if (ms >= leastMs) return ms
  throw new ConfigError(`${option} must be at least ${leastMs} ms, got ${ms} ms`)
}
