/**
 * Warming: reads what will be asked for before anyone asks, a few at a time, the most important first. It goes through
 * getOrSet, so it takes the leases that every read takes (a fleet that starts together asks the source once), and what is
 * fresh already costs a read and no load. A warm-up is a convenience: an entry that fails is counted and the rest goes on.
 */
import type { Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import type { GetOrSetOptions } from './read-options.ts'
import type { Loader } from './run-loader.ts'
import type { CacheVerbs } from './verbs.ts'

/** One entry to warm: its key, and how it is loaded and kept, exactly as the read it is for does it. */
export interface WarmEntry extends GetOrSetOptions {
  readonly key: string
  readonly load: Loader<unknown>
}

/** Entries that belong together. */
export interface WarmStep {
  readonly name: string
  /**
   * Steps of higher priority begin first; equal ones as they are written.
   * @default 0
   */
  readonly priority?: number
  /** Drawn one by one as there is room, so a source may be read page by page. */
  readonly entries: Iterable<WarmEntry> | AsyncIterable<WarmEntry>
}

export interface WarmProgress {
  readonly step: string
  /** The key that was just done; undefined when the entries of the step could not be listed. */
  readonly key: string | undefined
  readonly done: number
  readonly failed: number
  /** Known when every step is an array. */
  readonly total: number | undefined
}

export interface WarmOptions {
  /**
   * Entries read at once.
   * @default 8
   */
  readonly concurrency?: number
  /** Told after each entry. */
  readonly onProgress?: (progress: WarmProgress) => void
  /** Begins no entry after it is aborted; what is under way is waited for. */
  readonly signal?: AbortSignal
}

export interface WarmFailure {
  readonly step: string
  /** Undefined: the step's entries could not be listed to the end. */
  readonly key: string | undefined
  readonly error: unknown
}

export interface WarmResult {
  readonly state: 'complete' | 'aborted'
  readonly loaded: number
  /** Fresh in the cache, or loaded meanwhile by somebody else. */
  readonly alreadyFresh: number
  readonly failed: number
  /** Not begun because of the abort; undefined when a step is no array, so that nobody knows. */
  readonly skipped: number | undefined
  /** The first failures, 100 at most. */
  readonly failures: readonly WarmFailure[]
  readonly durationMs: number
}

/** A failing source fails for everything: its errors are worth counting, not keeping. */
const MAX_FAILURES = 100

/** @throws ConfigError (ERR_HOLDFAST_CONFIG: the concurrency), and what `onProgress` throws; never what a load throws */
export async function warm(
  { cache, clock }: { readonly cache: Pick<CacheVerbs, 'getOrSet'>; readonly clock: Clock },
  plan: readonly WarmStep[],
  { concurrency = 8, onProgress, signal }: WarmOptions = {},
): Promise<WarmResult> {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new ConfigError(`concurrency must be a whole number above zero, got ${concurrency}`)
  }
  const startedMs = clock.monoMs()
  const total = totalOf(plan)
  const counts = { loaded: 0, alreadyFresh: 0, failed: 0 }
  const failures: WarmFailure[] = []
  const done = (): number => counts.loaded + counts.alreadyFresh + counts.failed

  const one = async ({ step, ...drawn }: Drawn): Promise<void> => {
    let outcome: keyof typeof counts = 'failed'
    const key = drawn.entry?.key
    try {
      if (!drawn.entry) throw drawn.error
      outcome = await read(cache, drawn.entry)
    } catch (error) {
      if (failures.length < MAX_FAILURES) failures.push({ step, key, error })
    }
    counts[outcome] += 1
    onProgress?.({ step, key, done: done(), failed: counts.failed, total })
  }
  const aborted = abortOf(signal)
  const queue = draw(plan)
  try {
    // Every worker draws from the one queue: an async generator answers its callers in turn.
    const work = async (): Promise<void> => {
      while (!signal?.aborted) {
        const next = await Promise.race([queue.next(), aborted.promise])
        if (next === 'aborted' || next.done) return
        await one(next.value)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
  } finally {
    aborted.forget()
    // Not waited for: a list that hangs hangs here too.
    void queue.return()
  }
  return {
    state: signal?.aborted ? 'aborted' : 'complete',
    ...counts,
    skipped: total === undefined ? undefined : Math.max(0, total - done()),
    failures,
    durationMs: clock.monoMs() - startedMs,
  }
}

type Drawn =
  | { readonly step: string; readonly entry: WarmEntry }
  | { readonly step: string; readonly entry: undefined; readonly error: unknown }

async function* draw(plan: readonly WarmStep[]): AsyncGenerator<Drawn, void, void> {
  const steps = [...plan].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
  for (const { name: step, entries } of steps) {
    try {
      for await (const entry of entries) yield { step, entry }
    } catch (error) {
      yield { step, entry: undefined, error }
    }
  }
}

async function read(
  cache: Pick<CacheVerbs, 'getOrSet'>,
  { key, load, ...options }: WarmEntry,
): Promise<'loaded' | 'alreadyFresh'> {
  let outcome: 'loaded' | 'alreadyFresh' = 'alreadyFresh'
  await cache.getOrSet(
    key,
    (context) => {
      outcome = 'loaded'
      return load(context)
    },
    options,
  )
  return outcome
}

function totalOf(plan: readonly WarmStep[]): number | undefined {
  let total = 0
  for (const { entries } of plan) {
    if (!Array.isArray(entries)) return undefined
    total += entries.length
  }
  return total
}

function abortOf(signal: AbortSignal | undefined): {
  readonly promise: Promise<'aborted'>
  readonly forget: () => void
} {
  const { promise, resolve } = Promise.withResolvers<'aborted'>()
  const tell = (): void => resolve('aborted')
  signal?.addEventListener('abort', tell, { once: true })
  return { promise, forget: () => signal?.removeEventListener('abort', tell) }
}
