import type { Judged } from '../log/log.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import type { Content } from './content.ts'
import type { Tally } from './near-hits.ts'

/** A value in this process, with all that decides whether it may be served. */
export interface CachedEntry extends Judged {
  readonly content: Content
  readonly freshUntilMs: number
  /** Until then it is kept, for readers who may be served a stale value. */
  readonly goneAtMs: number
  /** What its load took; 0 when that is not known. */
  readonly loadCostMs: number
  /** Where its hits are counted. */
  readonly tally: Tally
}

/** Keeps an entry in this process's memory, where that takes any. */
export function keepNear({ l1 }: { readonly l1: MemoryStore<CachedEntry> }, entry: CachedEntry): void {
  if (!l1.takes(entry.key)) return
  entry.content.own()
  l1.set(entry.key, entry, entry.content.heapBytes)
}

/** An entry whose fields always stand in the same order, however it came to be: so that reads meet one shape. */
export function cachedEntry(fields: CachedEntry): CachedEntry {
  const { key, tags, stamp, loaded, content, freshUntilMs, goneAtMs, loadCostMs, tally } = fields
  return { key, tags, stamp, loaded, content, freshUntilMs, goneAtMs, loadCostMs, tally }
}
