/** What the samples of one moment say to a person: totals, families, latencies, staleness, Redis, sessions. */
import type { Cache, CacheHealth } from '../cache/cache.ts'
import type { RedisHealth } from '../redis/events.ts'
import type { PoolCounts } from '../redis/pool.ts'
import { READ_EDGES } from './catalogue.ts'
import { addCounts, quantile } from './histogram.ts'
import type { Sample } from './sample.ts'

export interface Latency {
  /** Milliseconds below which half, 95 % and 99 % of the reads were answered; undefined when there were none. */
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
  /** The share of reads within 5 ms, 0 to 1. */
  readonly within5Ms: number | undefined
}

/** Counts since the process began. */
export interface ReadTotals {
  readonly hits: { readonly l1: number; readonly l2: number }
  readonly stale: number
  readonly misses: number
  readonly bypassed: number
  /** Hits and stale hits among the reads that the cache could answer: 0 to 1, and 0 before the first. */
  readonly hitRatio: number
  readonly loads: { readonly ok: number; readonly error: number; readonly timeout: number }
  /** Reads that the source was not asked for: hits, stale hits, and misses that joined a load. */
  readonly loadsAvoided: number
  /** Bytes sent to Redis, and entries they were. */
  readonly stored: { readonly bytes: number; readonly entries: number }
}

export interface FamilySnapshot extends ReadTotals {
  readonly name: string
  /** Of the last five minutes, loads included. */
  readonly latency: Latency
}

export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly enabled: boolean
  readonly totals: ReadTotals & {
    readonly invalidations: { readonly acknowledged: number; readonly queued: number }
    readonly errors: number
  }
  readonly families: readonly FamilySnapshot[]
  /** Of the last five minutes, loads included. */
  readonly latency: Latency
  /** How old the freshness lease is, against the bound. */
  readonly staleness: CacheHealth
  /** What this process keeps. */
  readonly memory: { readonly entries: number; readonly bytes: number; readonly evicted: number }
  /** Missing without Redis. As old as the health monitor's last check; connections as they are now. */
  readonly redis: (RedisHealth & { readonly connections: PoolCounts }) | undefined
  /** Missing without sessions. */
  readonly sessions:
    | {
        readonly active: number | undefined
        readonly events: Readonly<Record<string, number>>
        readonly rejections: Readonly<Record<string, number>>
      }
    | undefined
}

/** Buckets of how long reads took, by family. */
export type ReadBuckets = ReadonlyMap<string, readonly number[]>

export interface SnapshotParts {
  readonly atMs: number
  readonly samples: readonly Sample[]
  readonly cache: Pick<Cache, 'stats' | 'health' | 'enabled'>
  readonly redis: Snapshot['redis']
  readonly hasSessions: boolean
  /** Buckets as they were at the beginning of the window that latencies are of. */
  readonly before: ReadBuckets
}

export function makeSnapshot({ atMs, samples, cache, redis, hasSessions, before }: SnapshotParts): Snapshot {
  const now = readBuckets(samples)
  const names = [...new Set(samples.flatMap(({ labels }) => labels['cache'] ?? []))]
  const all = READ_EDGES.map(() => 0)
  const families = names.map((name) => {
    const counts = since(now.get(name), before.get(name))
    addCounts(all, counts)
    return { name, ...totalsOf(samples, name), latency: latencyOf(counts) }
  })
  const sum = summer(samples)
  return {
    atMs,
    enabled: cache.enabled(),
    totals: {
      ...totalsOf(samples),
      invalidations: {
        acknowledged: sum('invalidations_total', { outcome: 'acknowledged' }),
        queued: sum('invalidations_total', { outcome: 'queued' }),
      },
      errors: sum('errors_total'),
    },
    families,
    latency: latencyOf(all),
    staleness: cache.health(),
    memory: cache.stats().memory,
    redis,
    sessions: hasSessions
      ? {
          active: valueOf(samples, 'sessions_active'),
          events: byLabel(samples, 'session_events_total', 'event'),
          rejections: byLabel(samples, 'session_rejections_total', 'reason'),
        }
      : undefined,
  }
}

/** The buckets of all reads of each family. */
export function readBuckets(samples: readonly Sample[]): ReadBuckets {
  const buckets = new Map<string, number[]>()
  for (const sample of samples) {
    if (!('counts' in sample) || sample.instrument.name !== 'get_duration_seconds') continue
    const name = sample.labels['cache'] ?? ''
    const counts = buckets.get(name) ?? []
    addCounts(counts, sample.counts)
    buckets.set(name, counts)
  }
  return buckets
}

function since(now: readonly number[] = [], before: readonly number[] = []): readonly number[] {
  return now.map((count, at) => count - (before[at] ?? 0))
}

export function latencyOf(counts: readonly number[]): Latency {
  const ms = (q: number): number | undefined => {
    const seconds = quantile(q, READ_EDGES, counts)
    return seconds === undefined ? undefined : seconds * 1000
  }
  const total = counts.reduce((sum, count) => sum + count, 0)
  const within = counts.slice(0, READ_EDGES.indexOf(0.005) + 1).reduce((sum, count) => sum + count, 0)
  return {
    p50Ms: ms(0.5),
    p95Ms: ms(0.95),
    p99Ms: ms(0.99),
    within5Ms: total === 0 ? undefined : within / total,
  }
}

function totalsOf(samples: readonly Sample[], cache?: string): ReadTotals {
  const sum = summer(samples, cache)
  const hits = {
    l1: sum('gets_total', { result: 'hit', tier: 'l1' }),
    l2: sum('gets_total', { result: 'hit', tier: 'l2' }),
  }
  const stale = sum('gets_total', { result: 'stale' })
  const misses = sum('gets_total', { result: 'miss' })
  const answered = hits.l1 + hits.l2 + stale
  const sizes = samples.filter((sample) => isOf(sample, 'value_size_bytes', cache))
  return {
    hits,
    stale,
    misses,
    bypassed: sum('gets_total', { result: 'bypass' }),
    hitRatio: answered === 0 ? 0 : answered / (answered + misses),
    loads: {
      ok: sum('loads_total', { outcome: 'ok' }),
      error: sum('loads_total', { outcome: 'error' }),
      timeout: sum('loads_total', { outcome: 'timeout' }),
    },
    loadsAvoided: answered + sum('coalesced_total'),
    stored: {
      bytes: sizes.reduce((bytes, sample) => bytes + ('counts' in sample ? sample.sum : 0), 0),
      entries: sizes.reduce((count, sample) => count + ('counts' in sample ? sample.counts.reduce(plus, 0) : 0), 0),
    },
  }
}

type Summer = (name: string, labels?: Readonly<Record<string, string>>) => number

function summer(samples: readonly Sample[], cache?: string): Summer {
  return (name, labels = {}) =>
    samples.reduce((sum, sample) => {
      if (!('value' in sample) || !isOf(sample, name, cache)) return sum
      return Object.entries(labels).every(([label, value]) => sample.labels[label] === value) ? sum + sample.value : sum
    }, 0)
}

function isOf({ instrument, labels }: Sample, name: string, cache: string | undefined): boolean {
  return instrument.name === name && (cache === undefined || labels['cache'] === cache)
}

function valueOf(samples: readonly Sample[], name: string): number | undefined {
  const found = samples.find(({ instrument }) => instrument.name === name)
  return found && 'value' in found ? found.value : undefined
}

function byLabel(samples: readonly Sample[], name: string, label: string): Readonly<Record<string, number>> {
  const found = samples.flatMap((sample) =>
    sample.instrument.name === name && 'value' in sample ? [[sample.labels[label] ?? '', sample.value] as const] : [],
  )
  return Object.fromEntries(found)
}

function plus(a: number, b: number): number {
  return a + b
}
