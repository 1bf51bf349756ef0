/**
 * Tells with each response what the cache did for it. Every request handler runs in an asynchronous context of its own,
 * and the cache emits its events in the context of the call they are about, so each event finds its request.
 *
 *     X-Cache: hit | stale | miss | bypass        the least favourable of the request's reads
 *     Server-Timing: cache;desc="l1";dur=0.12, db;dur=5.1
 *
 * A response for which the cache was not read has neither header.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

import type { Cache, HoldfastEvent, ReadResult } from 'holdfast'

type Read = Extract<HoldfastEvent, { type: 'read' }>

/** What the cache did for one request. */
export interface CacheTrace {
  readonly reads: Pick<Read, 'key' | 'result' | 'tier' | 'durationMs'>[]
  /** Milliseconds spent in the loader of each key, which asks the database. */
  readonly loadMs: Map<string, number>
}

const storage = new AsyncLocalStorage<CacheTrace>()

/** Has the cache's events recorded in the trace of their request; returns the removal. */
export function traceCache(cache: Cache): () => void {
  return cache.on((event) => record(storage.getStore(), event))
}

/** Runs `work` with a trace of its own. */
export function runTraced<T>(trace: CacheTrace, work: () => T): T {
  return storage.run(trace, work)
}

export function createTrace(): CacheTrace {
  return { reads: [], loadMs: new Map() }
}

function record(trace: CacheTrace | undefined, event: HoldfastEvent): void {
  if (event.type === 'read') trace?.reads.push(event)
  if (event.type === 'load') trace?.loadMs.set(event.key, event.durationMs)
}

const WORST_FIRST: readonly ReadResult[] = ['bypass', 'miss', 'stale', 'hit']

/** The headers that tell what a trace holds. Reads of one request run at once, so the longest is what it waited for. */
export function cacheHeaders({ reads, loadMs }: CacheTrace): Readonly<Record<string, string>> {
  const result = WORST_FIRST.find((one) => reads.some((read) => read.result === one))
  if (!result) return {}
  const places = new Set(reads.map(({ result, tier }) => (tier === 'none' ? result : tier)))
  // A read that loaded took as long as its load and its look-up together.
  const cacheMs = Math.max(...reads.map(({ key, durationMs }) => (durationMs ?? 0) - (loadMs.get(key) ?? 0)), 0)
  const cacheTiming = `cache;desc="${[...places].join('+')}";dur=${cacheMs.toFixed(2)}`
  const databaseMs = Math.max(...loadMs.values(), 0)
  return {
    'X-Cache': result,
    'Server-Timing': loadMs.size > 0 ? `${cacheTiming}, db;dur=${databaseMs.toFixed(2)}` : cacheTiming,
  }
}
