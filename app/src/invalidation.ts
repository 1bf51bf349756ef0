/**
 * Which event makes what stale, in one table, and the order of the two: the database first, then the invalidation, also when
 * the database failed or did not answer in time, since such a write may have been applied. Preferences are not in it: their
 * client invalidates by itself (cached-client.ts).
 */
import { createRules, type Cache } from 'holdfast'

import { auditKeys } from './audit/keys.ts'
import type { WriteOutcome } from './database.ts'
import { dictionaryKeys } from './dictionary/keys.ts'
import { partOf, type FeatureStatus } from './features/feature.ts'
import { featureKeys } from './features/keys.ts'
import { requirementKeys } from './requirements/keys.ts'
import { sourceKeys } from './sources/keys.ts'
import { summaryKeys } from './summary/keys.ts'

/** What happens to the data of the service. */
export interface DataEvents {
  readonly 'requirements-submitted': { readonly versionId: number }
  readonly 'feature-submitted': { readonly id: string; readonly status: FeatureStatus }
  readonly 'feature-decided': { readonly id: string; readonly from: FeatureStatus; readonly to: FeatureStatus }
  /** `id` is that of the feature request. */
  readonly 'audit-appended': { readonly id: string }
  readonly 'sources-imported': { readonly ids: readonly string[] }
  /** `isNew` unless a document of its id, and so of its file, was there before. */
  readonly 'source-replaced': { readonly id: string; readonly isNew: boolean }
  readonly 'dictionary-changed': { readonly id: string }
}

// A new document's own key is listed too: somebody may have asked for it before it was there.
export const rules = createRules<DataEvents>(
  {
    'requirements-submitted': ({ versionId }) => ({
      keys: [requirementKeys.latest, requirementKeys.versions, requirementKeys.byId(versionId), summaryKeys.summary],
    }),
    'feature-submitted': ({ id, status }) => ({
      keys: [
        featureKeys.byId(id),
        featureKeys.list('all'),
        featureKeys.list(status),
        featureKeys.part(partOf(id)),
        summaryKeys.summary,
      ],
    }),
    'feature-decided': ({ id, from, to }) => ({
      keys: [
        featureKeys.byId(id),
        featureKeys.list('all'),
        featureKeys.list(from),
        featureKeys.list(to),
        featureKeys.part(partOf(id)),
        summaryKeys.summary,
      ],
    }),
    'audit-appended': ({ id }) => ({ keys: [auditKeys.newest, auditKeys.of(id), summaryKeys.summary] }),
    'sources-imported': ({ ids }) => ({ keys: ids.map(sourceKeys.byId), tags: [sourceKeys.tag] }),
    // How many documents there are is as it was: the walk through all of them is spared.
    'source-replaced': ({ id, isNew }) => ({ keys: [sourceKeys.byId(id)], ...(isNew && { tags: [sourceKeys.tag] }) }),
    // Any search may have found it, or will now.
    'dictionary-changed': () => ({ tags: [dictionaryKeys.tag] }),
  },
  // By then the database has changed: rather everything is loaded again than something stale is kept.
  { fallback: { all: true } },
)

/**
 * Runs a write of the database, and invalidates what it makes stale unless it is known to have been refused. What happened may
 * be told by its result; there is none when the write failed, and then the most must be assumed.
 */
export type RunWrite = <Name extends keyof DataEvents, T>(
  name: Name,
  event: DataEvents[Name] | ((result: T | undefined) => DataEvents[Name]),
  by: string,
  work: () => Promise<T>,
) => Promise<T>

export function createRunWrite(cache: Cache): RunWrite {
  return async (name, event, by, work) => {
    const noting: Pick<Cache, 'invalidate'> = { invalidate: (stale) => cache.invalidate({ ...stale, by }) }
    let result: Awaited<ReturnType<typeof work>> | undefined
    try {
      result = await work()
      return result
    } finally {
      const happened = typeof event === 'function' ? event(result) : event
      // Never throws because of Redis: without it the invalidation is queued, and goes out before Redis is read again.
      if (result !== ('refused' satisfies WriteOutcome)) await rules.apply(noting, name, happened)
    }
  }
}

/** Writes of a service that keeps nothing. */
export const runWithoutCache: RunWrite = (_name, _event, _by, work) => work()
