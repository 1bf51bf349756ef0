/**
 * What a dashboard shows at once: the newest versions, what waits for a decision, what was decided last. It is an entry of its
 * own, made of two lists that are kept anyway and the newest of the audit trail; what changes one of the three invalidates it.
 */
import type { JsonAnswer } from 'holdfast'

import type { AuditEntry } from '../audit/chain.ts'
import type { AuditRepository } from '../audit/repository.ts'
import { queryTtl } from '../cache-ttl.ts'
import type { Features } from '../features/cached.ts'
import type { FeatureSummary } from '../features/feature.ts'
import { readJson, type CachedRead, type ReadThrough } from '../read-through.ts'
import type { Requirements } from '../requirements/cached.ts'
import type { VersionSummary } from '../requirements/document.ts'
import { summaryKeys } from './keys.ts'

export interface Summary {
  readonly versions: readonly VersionSummary[]
  readonly pending: readonly FeatureSummary[]
  readonly decisions: readonly AuditEntry[]
}

export interface SummaryDeps {
  readonly requirements: Pick<Requirements, 'versions'>
  readonly features: Pick<Features, 'list'>
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
        features.list('pending'),
        audit.newest(undefined, OTHERS),
      ])
      context.cost({ documents: versions.length + pending.length + decisions.length })
      return { versions: versions.slice(0, VERSIONS), pending: pending.slice(0, OTHERS), decisions }
    },
  }
  return (ifNoneMatch) => readJson(cache, summary, ifNoneMatch)
}
