/**
 * What the processes of a staleness run did, as they write it down. Moments are milliseconds of CLOCK_MONOTONIC, which all
 * processes of a machine share; each is taken so that the oracle errs on the side of the cache: a read's beginning before
 * it began, an acknowledgement after it came, a load's beginning after it began.
 */

/** What a load gave: enough to tell, wherever the value turns up, which load it is of. */
export interface LoadedValue {
  readonly key: string
  readonly version: number
  readonly loadedMs: number
  readonly by: number
}

export interface ReadRecord {
  readonly kind: 'read'
  readonly worker: number
  readonly verb: 'getOrSet' | 'getOrSetMany' | 'get'
  readonly key: string
  readonly strict: boolean
  readonly beganMs: number
  readonly endedMs: number
  readonly value: LoadedValue
}

export interface InvalidationRecord {
  readonly kind: 'invalidation'
  readonly worker: number
  readonly id: string
  readonly verb: 'invalidate' | 'mutate' | 'set'
  /** How it named what it covers, for people. */
  readonly target: string
  readonly keys: readonly string[]
  readonly calledMs: number
  readonly endedMs: number
  /** When Redis was known to have it; undefined while it is queued. */
  readonly acknowledgedMs?: number
}

/** A commit to the source, a load, or what went wrong: for the trace. */
export interface NoteRecord {
  readonly kind: 'note'
  readonly worker: number
  readonly atMs: number
  readonly key: string
  readonly text: string
}

/** A rejected call: a cache must not fail because Redis does. */
export interface ErrorRecord {
  readonly kind: 'error'
  readonly worker: number
  readonly atMs: number
  readonly text: string
}

export type HistoryRecord = ReadRecord | InvalidationRecord | NoteRecord | ErrorRecord

export interface FaultRecord {
  readonly atMs: number
  readonly endedMs: number
  readonly kind: string
  readonly text: string
}

export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6
