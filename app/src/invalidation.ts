/**
 * Which write makes what stale, in one table, and the order of the two: the database first, then the invalidation, also when
 * the database failed or did not answer in time, since such a write may have been applied.
 */
import type { Cache, InvalidationTargets } from 'holdfast'

import type { WriteOutcome } from './database.ts'
import type { FeatureStatus } from './features/feature.ts'
import { featureKeys } from './features/keys.ts'
import { requirementKeys } from './requirements/keys.ts'
import { sourceKeys } from './sources/keys.ts'

/** What a write makes stale, and the reason that is recorded. */
export type Stale = InvalidationTargets & { readonly reason: string }

// A new document's own key is listed too: somebody may have asked for it before it was there.
export const staleAfter = {
  requirementsSubmitted: (versionId: number): Stale => ({
    reason: 'requirements-submitted',
    keys: [requirementKeys.latest, requirementKeys.versions, requirementKeys.byId(versionId)],
  }),
  featureSubmitted: (id: string, status: FeatureStatus): Stale => ({
    reason: 'feature-submitted',
    keys: [featureKeys.byId(id), featureKeys.list('all'), featureKeys.list(status)],
  }),
  featureDecided: (id: string, from: FeatureStatus, to: FeatureStatus): Stale => ({
    reason: 'feature-decided',
    keys: [featureKeys.byId(id), featureKeys.list('all'), featureKeys.list(from), featureKeys.list(to)],
  }),
  sourcesImported: (): Stale => ({ reason: 'sources-imported', tags: [sourceKeys.tag] }),
} as const

/** Runs a write of the database, and invalidates what it makes stale unless it is known to have been refused. */
export type RunWrite = <T>(stale: Stale, by: string, work: () => Promise<T>) => Promise<T>

export function createRunWrite(cache: Cache): RunWrite {
  return async (stale, by, work) => {
    let outcome: unknown
    try {
      const result = await work()
      outcome = result
      return result
    } finally {
      // Never throws because of Redis: without it the invalidation is queued, and goes out before Redis is read again.
      if (outcome !== ('refused' satisfies WriteOutcome)) await cache.invalidate({ ...stale, by })
    }
  }
}
