/**
 * GET api/overview: the state of the cache on one page. It is also each `sample` of the live stream, so a page that lost
 * its stream asks this. A figure that nobody measured yet is null, never 0.
 */
import type { FamilyRow } from './families.ts'

/** Time spent, in milliseconds; null before the first observation. */
export interface Quantiles {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

export interface Overview {
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly namespace: string
  readonly environment: string
  /** In words, worst first; empty when all is well. */
  readonly problems: readonly string[]
  readonly cache: {
    /** `disabled`: the fleet was switched off, and every read asks the source. */
    readonly state: 'ok' | 'degraded' | 'disabled'
    readonly enabled: boolean
    /** The bound X in milliseconds. */
    readonly boundMs: number | null
    /** Milliseconds since the log was heard from; null when it never was. */
    readonly heardMsAgo: number | null
    readonly bound: 'fenced' | 'unfenced' | 'unknown'
    readonly startedAtMs: number
  }
  /** Since the process began. */
  readonly totals: {
    readonly hits: number
    readonly hitsL1: number
    readonly hitsL2: number
    readonly stale: number
    readonly misses: number
    readonly bypassed: number
    readonly loads: number
    readonly loadErrors: number
    /** Reads that asked no source: hits, stale hits and joined loads. */
    readonly loadsAvoided: number
    readonly coalesced: number
    readonly invalidations: number
    readonly errors: number
    /** 0 to 1; null before the first read. */
    readonly hitRatio: number | null
  }
  /** Lately, over `windowMs`; null when no sampler runs or it has just begun. */
  readonly recent: {
    readonly windowMs: number
    readonly hitRatio: number | null
    readonly readsPerSecond: number
    readonly loadsPerSecond: number
    readonly errorsPerSecond: number
    readonly missesPerSecond: number
    /** How long reads took in the last five minutes, loads included. */
    readonly get: Quantiles
  } | null
  /** What this process keeps. */
  readonly memory: { readonly entries: number; readonly bytes: number; readonly maxBytes: number | null }
  readonly redis: {
    readonly state: 'unknown' | 'ok' | 'degraded' | 'down' | 'none'
    readonly breaker: 'closed' | 'open' | 'half-open' | 'none'
    readonly usedMemoryBytes: number | null
    readonly maxMemoryBytes: number | null
    readonly evictedKeys: number | null
    readonly readMs: number | null
    readonly writeMs: number | null
  }
  /** Null when there are no sessions, or they could not be counted. */
  readonly sessions: { readonly active: number | null } | null
  readonly alerts: { readonly firing: number; readonly pending: number } | null
  /** Families by reads, the busiest first, ten at most. */
  readonly topFamilies: readonly FamilyRow[]
}

/** A point of a chart. */
export interface Point {
  readonly atMs: number
  readonly hitRatio: number | null
  readonly readsPerSecond: number
  readonly missesPerSecond: number
  readonly loadsPerSecond: number
  readonly errorsPerSecond: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly l1Bytes: number
  readonly redisBytes: number | null
  readonly heardMsAgo: number | null
}

/** GET api/history?range=5m|1h|24h */
export interface History {
  readonly range: '5m' | '1h' | '24h'
  readonly stepMs: number
  /** Oldest first. Empty when nothing samples. */
  readonly points: readonly Point[]
}

/** What happens, for the activity feed: the stream's `activity` events and GET api/activity. Never holds a value. */
export interface Activity {
  readonly id: number
  readonly atMs: number
  readonly level: 'info' | 'warning' | 'error'
  readonly kind:
    | 'invalidation'
    | 'switch'
    | 'breaker'
    | 'connection'
    | 'health'
    | 'log'
    | 'sweep'
    | 'error'
    | 'admin'
    | 'alert'
  readonly text: string
}

export interface ActivityList {
  /** Newest first, 50 at most. */
  readonly activities: readonly Activity[]
}
