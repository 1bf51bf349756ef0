/**
 * Counts what a cache did since it was made, from its events. For a glance and for tests; time series, latencies and alerts
 * are made of the same events by collectors outside the engine.
 */
import type { FillOutcome, HoldfastEvent, ReadResult } from '../base/events.ts'

/** What a cache of this process did since it was made. */
export interface CacheStats {
  /** Reads answered with a fresh value, by where that was. */
  readonly hits: { readonly l1: number; readonly l2: number }
  /** Reads answered with a stale value, as their caller allowed. */
  readonly stale: number
  readonly misses: number
  /** Reads that Redis could not be asked for, so the source was. */
  readonly bypassed: number
  /** Hits and stale hits among all reads that the cache could answer: 0 to 1, and 0 before the first. */
  readonly hitRatio: number
  readonly loads: { readonly ok: number; readonly error: number; readonly timeout: number }
  /** Loads that were not begun, since another one was under way: in this process or in another. */
  readonly joined: { readonly process: number; readonly fleet: number }
  /** Loads behind readers. */
  readonly refreshes: number
  /** Loads refused by the limit of their source. */
  readonly shed: number
  readonly fills: Readonly<Record<FillOutcome, number>>
  readonly invalidations: { readonly acknowledged: number; readonly queued: number }
  readonly errors: number
  /** What this process keeps now, and how many entries it let go for want of room. */
  readonly memory: { readonly entries: number; readonly bytes: number; readonly evicted: number }
}

export interface StatsCounter {
  count(event: HoldfastEvent): void
  snapshot(memory: CacheStats['memory']): CacheStats
}

export function createStatsCounter(): StatsCounter {
  const hits = { l1: 0, l2: 0 }
  const reads: Record<Exclude<ReadResult, 'hit'>, number> = { stale: 0, miss: 0, bypass: 0 }
  const loads = { ok: 0, error: 0, timeout: 0 }
  const joined = { process: 0, fleet: 0 }
  const fills: Record<FillOutcome, number> = { stored: 0, 'newer-kept': 0, 'lease-lost': 0, 'not-stored': 0 }
  const invalidations = { acknowledged: 0, queued: 0 }
  const others = { refresh: 0, shed: 0, error: 0 }
  return {
    count(event) {
      switch (event.type) {
        case 'read':
          if (event.result !== 'hit') reads[event.result] += 1
          else if (event.tier !== 'none') hits[event.tier] += 1
          break
        case 'load':
          loads[event.outcome] += 1
          break
        case 'load-joined':
          joined[event.scope] += 1
          break
        case 'fill':
          fills[event.outcome] += 1
          break
        case 'invalidation':
          invalidations[event.acknowledged ? 'acknowledged' : 'queued'] += 1
          break
        case 'refresh':
        case 'shed':
        case 'error':
          others[event.type] += 1
          break
        default:
      }
    },
    snapshot(memory) {
      const served = hits.l1 + hits.l2 + reads.stale
      return {
        hits: { ...hits },
        stale: reads.stale,
        misses: reads.miss,
        bypassed: reads.bypass,
        hitRatio: served === 0 ? 0 : served / (served + reads.miss),
        loads: { ...loads },
        joined: { ...joined },
        refreshes: others.refresh,
        shed: others.shed,
        fills: { ...fills },
        invalidations: { ...invalidations },
        errors: others.error,
        memory,
      }
    },
  }
}
