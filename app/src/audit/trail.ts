import { queryTtl } from '../cache-ttl.ts'
import { HttpError } from '../errors.ts'
import type { RunWrite } from '../invalidation.ts'
import { read, type CachedRead, type ReadThrough } from '../read-through.ts'
import { brokenLinks, missingDecisions, nextEntry, type AuditEntry, type AuditFacts, type ChainHead } from './chain.ts'
import { auditKeys } from './keys.ts'
import type { AuditRepository } from './repository.ts'
import type { Feature } from '../features/feature.ts'

/** A list answers this many entries at most, so no more are kept of it. */
export const LONGEST_TRAIL = 500

/** The audit trail as the service reads and writes it. */
export interface Audit {
  /** Adds to the chain what happened to a feature request. */
  record(facts: AuditFacts): Promise<void>
  /** The newest {@link LONGEST_TRAIL} entries of all or of one feature request, the newest first. */
  newest(requestId: string | undefined): Promise<readonly AuditEntry[]>
  /** What is wrong with the trail, from the database and never from the cache. */
  problems(): Promise<readonly string[]>
}

export interface AuditDeps {
  readonly repository: AuditRepository
  /** Every feature request as it is in the database. */
  readonly features: () => Promise<readonly Pick<Feature, 'request_id' | 'status' | 'updated_at'>[]>
  readonly cache: ReadThrough
  readonly runWrite: RunWrite
  /** The key of the chain's checksums. */
  readonly key: string
}

const ATTEMPTS = 100

export function createAudit({ repository, features, cache, runWrite, key }: AuditDeps): Audit {
  // As this process knows it. An entry under the next number is accepted only by the one who knows the last one.
  let head: ChainHead | undefined
  let last: Promise<unknown> = Promise.resolve()

  const append = async (facts: AuditFacts): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const entry = nextEntry(head, facts, key)
      const outcome = await runWrite('audit-appended', { id: facts.request_id }, facts.admin, () =>
        repository.insert(entry),
      )
      if (outcome === 'applied') return void (head = entry)
      head = await repository.head()
    }
    throw new HttpError(503, 'The audit trail is being written by too many at once', { 'Retry-After': '1' })
  }
  const trailOf = (requestId: string | undefined): CachedRead<readonly AuditEntry[]> => ({
    key: requestId === undefined ? auditKeys.newest : auditKeys.of(requestId),
    ttl: queryTtl,
    load: async (context) => {
      const entries = await repository.newest(requestId, LONGEST_TRAIL)
      context.cost({ documents: entries.length })
      return entries
    },
  })
  return {
    record(facts) {
      // One after the other, so that this process does not race itself for the next number.
      const turn = last.then(() => append(facts))
      last = turn.catch(() => {})
      return turn
    },
    newest: (requestId) => read(cache, trailOf(requestId)),
    async problems() {
      // The decisions first: one that is made meanwhile is in the chain by the time that the chain is read.
      const decided = await features()
      const entries = await repository.all()
      return [...brokenLinks(entries, key), ...missingDecisions(entries, decided)]
    },
  }
}
