/**
 * Has ready what is asked for first: what was hottest before the last stop, then the newest requirements and feature
 * requests. It runs beside the first requests and holds none of them up; what fails here is loaded when it is asked for.
 */
import type { Cache, HotKeys, WarmEntry, WarmResult, WarmStep } from 'holdfast'

import type { Features } from './features/cached.ts'
import type { Requirements } from './requirements/cached.ts'

export interface Warmed {
  readonly requirements: Requirements
  readonly features: Features
}

export interface WarmUpDeps extends Warmed {
  readonly cache: Cache
  readonly hotKeys: Pick<HotKeys, 'entries'>
  /** Aborted when the service stops. */
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

const HOTTEST = 100
const NEWEST = 20
const LINE_EVERY = 50

/** The newest requirements and feature requests, for a warm-up at any time. */
export function warmPlan({ requirements, features }: Warmed): readonly WarmStep[] {
  return [
    { name: 'requirements', priority: 1, entries: requirements.warmEntries(NEWEST) },
    { name: 'features', priority: 1, entries: features.warmEntries(NEWEST) },
  ]
}

export async function warmUp({ cache, requirements, features, hotKeys, signal, progress }: WarmUpDeps): Promise<void> {
  const entryOf = (key: string): WarmEntry | undefined => requirements.entryOf(key) ?? features.entryOf(key)
  const result = await cache.warm(
    [
      { name: 'hottest', priority: 2, entries: hotKeys.entries(entryOf, HOTTEST) },
      ...warmPlan({ requirements, features }),
    ],
    // The database has requests to answer too.
    {
      concurrency: 2,
      signal,
      onProgress: ({ step, done }) => {
        if (done % LINE_EVERY === 0) progress(`Warming the cache: ${done} entries, now ${step}`)
      },
    },
  )
  progress(summaryOf(result))
}

function summaryOf({ state, loaded, alreadyFresh, failed, durationMs }: WarmResult): string {
  const counts = `${loaded} entries loaded, ${alreadyFresh} fresh already, ${failed} failed`
  return `${state === 'complete' ? 'The cache is warm' : 'Warming the cache was stopped'}: ${counts}, in ${Math.round(durationMs)} ms`
}
