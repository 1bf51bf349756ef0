/**
 * A write, and the invalidations around it. The mark after the write is the one that counts; it is made whatever became of the
 * write, unless the answer proves that nothing changed. A write without an answer may be carried out later than it was given
 * up, after that mark: so its targets are marked again, at growing distances, until it can no longer be under way.
 */
import type { Fetcher, FetcherRequestInfo, FetcherResponseInfo } from '@datastax/astra-db-ts'

import type { Clock } from '../../base/clock.ts'
import type { Cache } from '../../cache/cache.ts'
import type { InvalidationTargets } from '../../keys/target.ts'
import { provesNothingChanged } from './reply.ts'

export interface WriteDeps {
  readonly cache: Pick<Cache, 'invalidate'>
  readonly fetcher: Pick<Fetcher, 'fetch'>
  readonly clock: Clock
  readonly markBefore: boolean
  readonly settleMs: number
}

const FIRST_REPEAT_MS = 250

/** @throws whatever the fetcher throws, after the invalidation */
export async function runWrite(
  deps: WriteDeps,
  info: FetcherRequestInfo,
  targets: InvalidationTargets,
  name: string,
): Promise<FetcherResponseInfo> {
  const { cache, fetcher, markBefore } = deps
  const marked = { ...targets, reason: name }
  if (markBefore) await cache.invalidate(marked)
  let outcome: 'unchanged' | 'answered' | 'unknown' = 'unknown'
  try {
    const reply = await fetcher.fetch(info)
    if (reply.status < 500) outcome = provesNothingChanged(reply) ? 'unchanged' : 'answered'
    return reply
  } finally {
    if (outcome !== 'unchanged') await cache.invalidate(marked)
    if (outcome === 'unknown') repeat(deps, marked, FIRST_REPEAT_MS, 0)
  }
}

function repeat(deps: WriteDeps, marked: InvalidationTargets, delayMs: number, passedMs: number): void {
  if (passedMs + delayMs > deps.settleMs) return
  deps.clock.after(delayMs, () => {
    // Rejects only when the cache was closed: then there is nobody left who would be served something stale by it.
    deps.cache.invalidate(marked).then(
      () => repeat(deps, marked, delayMs * 2, passedMs + delayMs),
      () => undefined,
    )
  })
}
