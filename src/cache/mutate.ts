import type { InvalidationTargets } from '../keys/target.ts'
import type { InvalidationNote } from '../log/appender.ts'
import type { CacheVerbs } from './verbs.ts'

/**
 * Changes the source and invalidates what the change makes stale, before and after it.
 *
 * The mark after is what counts: it comes once the change is visible. The mark before closes the gap between the two for
 * everyone who reads meanwhile: whoever loads during the change stamps its entry at or after the first mark and before the
 * second, so it is gone with the second. Both are made also when `change` throws, since a statement that failed or timed
 * out may have been applied.
 */
export async function mutate<T>(
  cache: Pick<CacheVerbs, 'invalidate'>,
  targets: InvalidationTargets & InvalidationNote,
  change: () => Promise<T> | T,
): Promise<T> {
  await cache.invalidate(targets)
  try {
    return await change()
  } finally {
    await cache.invalidate(targets)
  }
}
