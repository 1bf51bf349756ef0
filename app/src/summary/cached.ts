/**
 * What a dashboard shows at once: the newest versions, what waits for a decision, what was decided last. Three walks through
 * the database, so it is an entry of its own, which every event that changes one of the three invalidates.
 */
import type { JsonAnswer } from 'holdfast'

import type { AuditEntry } from '../audit/chain.ts'
import type { AuditRepository } from '../audit/repository.ts'
import { queryTtl } from '../cache-ttl.ts'
import type { FeatureSummary } from '../features/feature.ts'
import type { FeaturesRepository } from '../features/repository.ts'
import { readJson, type CachedRead, type ReadThrough } from '../read-through.ts'
import type { VersionSummary } from '../requirements/document.ts'
import type { RequirementsRepository } from '../requirements/repository.ts'
import { summaryKeys } from './keys.ts'

export interface Summary {
  readonly versions: readonly VersionSummary[]
  readonly pending: readonly FeatureSummary[]
  readonly decisions: readonly AuditEntry[]
}

export interface SummaryDeps {
  readonly requirements: Pick<RequirementsRepository, 'versions'>
  readonly features: Pick<FeaturesRepository, 'newest'>
  readonly audit: Pick<AuditRepository, 'newest'>
  readonly cache: ReadThrough
}

const VERSIONS = 5
const OTHERS = 10

/** The summary as text. */
export type SummaryJson = (ifNoneMatch?: string) => Promise<JsonAnswer>

export function createSummary({ requirements, features, audit, cache }: SummaryDeps): SummaryJson {
  const summary: CachedRead<Summary> = {
    key: summaryKeys.summary,
    ttl: queryTtl,
    load: async (context) => {
      const [versions, pending, decisions] = await Promise.all([
        requirements.versions(),
        features.newest('pending', OTHERS),
        audit.newest(undefined, OTHERS),
      ])
      context.cost({ documents: versions.length + pending.length + decisions.length })
      return { versions: versions.slice(0, VERSIONS), pending, decisions }
    },
  }
  return (ifNoneMatch) => readJson(cache, summary, ifNoneMatch)
}
