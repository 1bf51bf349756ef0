/**
 * One sampler for a process: takes a snapshot each second and keeps the past of it, for everyone who looks. A page that is
 * opened fifty times costs as much as one that is opened once, and one that nobody looks at costs a millisecond a second.
 */
import { systemClock, type Clock } from '../base/clock.ts'
import { createEmitter } from '../base/emitter.ts'
import type { Cache } from '../cache/cache.ts'
import type { Redis } from '../redis/redis.ts'
import type { Metrics } from './collector.ts'
import { createHistory, type HistoryRange } from './history.ts'
import { makeSnapshot, readBuckets, type ReadBuckets, type Snapshot } from './snapshot.ts'

/** One moment of the past. Counts are since the process began: the difference of two points is what happened between. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly hits: number
  readonly stale: number
  readonly misses: number
  readonly bypassed: number
  readonly loads: number
  readonly loadErrors: number
  readonly loadsAvoided: number
  readonly invalidations: number
  readonly errors: number
  /** Of the five minutes before. */
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
  readonly heardMsAgo: number
  readonly l1Bytes: number
  readonly redisState: string | undefined
  readonly redisMemoryBytes: number | undefined
  readonly evictedKeys: number | undefined
  readonly inFlight: number | undefined
  readonly sessions: number | undefined
}

export interface SamplerOptions {
  readonly metrics: Metrics
  readonly cache: Pick<Cache, 'stats' | 'health' | 'enabled'>
  /** Missing: a cache without Redis. */
  readonly redis?: Pick<Redis, 'health'> | undefined
  /** Whether the metrics have sessions to count. @default false */
  readonly sessions?: boolean
  readonly clock?: Clock
}

export interface Sampler {
  /** What was found last, at most a second ago. */
  snapshot(): Snapshot
  /** Points of the past, the oldest first. */
  history(range: HistoryRange): readonly Point[]
  /** Told of each snapshot. Returns the removal. */
  on(listener: (snapshot: Snapshot) => void): () => void
  close(): void
}

const EVERY_MS = 1000
/** Latencies are of so long, in steps of ten seconds. */
const WINDOW_STEPS = 30
const STEP_MS = 10_000

/** Takes snapshots of a cache from now on. One for a process is enough: share it. */
export function createSampler({
  metrics,
  cache,
  redis,
  sessions = false,
  clock = systemClock,
}: SamplerOptions): Sampler {
  const events = createEmitter<Snapshot>()
  const history = createHistory<Point>()
  const past: { readonly atMs: number; readonly buckets: ReadBuckets }[] = []
  let cancel = (): void => undefined

  const take = (): Snapshot => {
    const samples = metrics.read()
    const atMs = clock.wallMs()
    const monoMs = clock.monoMs()
    const newest = past.at(-1)
    if (!newest || monoMs - newest.atMs >= STEP_MS) past.push({ atMs: monoMs, buckets: readBuckets(samples) })
    if (past.length > WINDOW_STEPS) past.shift()
    // What was counted before the first snapshot belongs to it.
    const before = past.length === WINDOW_STEPS ? (past[0]?.buckets ?? new Map()) : new Map<string, number[]>()
    return makeSnapshot({ atMs, samples, cache, redis: redis?.health(), hasSessions: sessions, before })
  }
  let last = take()
  history.add(pointOf(last))
  const loop = (): void => {
    last = take()
    history.add(pointOf(last))
    events.emit(last)
    cancel = clock.after(EVERY_MS, loop)
  }
  cancel = clock.after(EVERY_MS, loop)
  return {
    snapshot: () => last,
    history: (range) => history.points(range),
    on: (listener) => events.on(listener),
    close: () => cancel(),
  }
}

function pointOf({ atMs, totals, latency, staleness, memory, redis, sessions }: Snapshot): Point {
  const { hits, stale, misses, bypassed, loads, loadsAvoided, invalidations, errors } = totals
  return {
    atMs,
    hits: hits.l1 + hits.l2,
    stale,
    misses,
    bypassed,
    loads: loads.ok + loads.error + loads.timeout,
    loadErrors: loads.error + loads.timeout,
    loadsAvoided,
    invalidations: invalidations.acknowledged,
    errors,
    p50Ms: latency.p50Ms,
    p95Ms: latency.p95Ms,
    p99Ms: latency.p99Ms,
    heardMsAgo: staleness.heardMsAgo,
    l1Bytes: memory.bytes,
    redisState: redis?.state,
    redisMemoryBytes: redis?.server.usedMemoryBytes,
    evictedKeys: redis?.server.evictedKeys,
    inFlight: redis?.connections.inFlight,
    sessions: sessions?.active,
  }
}
