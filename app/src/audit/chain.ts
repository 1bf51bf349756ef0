/**
 * The audit trail of feature requests: a chain in which each entry holds the hash of the one before it, keyed, so that
 * whoever changes, inserts or takes out an entry without the key is found out, and must rewrite all that follows with it.
 *
 * What the chain alone cannot show is that its newest entries were cut off. Every feature request holds its own last
 * decision, so `missingDecisions` compares the two.
 */
import { createHmac } from 'node:crypto'

import type { Feature, FeatureStatus } from '../features/feature.ts'

/** What happened to a feature request. */
export interface AuditFacts {
  readonly request_id: string
  /** Null for a submission. */
  readonly old_status: FeatureStatus | null
  readonly new_status: FeatureStatus
  /** Who did it. */
  readonly admin: string
  readonly reason: string | null
  /** ISO 8601 in UTC. */
  readonly timestamp: string
}

export interface AuditEntry extends AuditFacts {
  /** From 1, without gaps. */
  readonly sequence: number
  /** The checksum of the entry before; of the first one, zeros. */
  readonly previous: string
  readonly checksum: string
}

const FIRST = '0'.repeat(64)

/** Where a chain ends. */
export type ChainHead = Pick<AuditEntry, 'sequence' | 'checksum'>

/** The entry that follows `head`. */
export function nextEntry(head: ChainHead | undefined, facts: AuditFacts, key: string): AuditEntry {
  const { request_id, old_status, new_status, admin, reason, timestamp } = facts
  const unsealed = {
    sequence: (head?.sequence ?? 0) + 1,
    request_id,
    old_status,
    new_status,
    admin,
    reason,
    timestamp,
    previous: head?.checksum ?? FIRST,
  }
  return { ...unsealed, checksum: checksumOf(unsealed, key) }
}

/** What is wrong with a chain, in the order of its entries; nothing when it is whole. */
export function brokenLinks(entries: readonly AuditEntry[], key: string): readonly string[] {
  const problems: string[] = []
  let previous: ChainHead = { sequence: 0, checksum: FIRST }
  for (const entry of entries) {
    const expected = previous.sequence + 1
    if (entry.sequence !== expected) problems.push(`Entry ${expected}: missing`)
    else if (entry.previous !== previous.checksum)
      problems.push(`Entry ${entry.sequence}: does not follow the one before`)
    if (entry.checksum !== checksumOf(entry, key)) problems.push(`Entry ${entry.sequence}: checksum mismatch`)
    previous = entry
  }
  return problems
}

/** The feature requests whose last decision is not in the chain. */
export function missingDecisions(
  entries: readonly AuditEntry[],
  features: readonly Pick<Feature, 'request_id' | 'status' | 'updated_at'>[],
): readonly string[] {
  const recorded = new Set(
    entries.map(({ request_id, timestamp, new_status }) => `${request_id} ${timestamp} ${new_status}`),
  )
  return features
    .filter(({ updated_at }) => updated_at !== null)
    .filter(({ request_id, updated_at, status }) => !recorded.has(`${request_id} ${updated_at} ${status}`))
    .map(({ request_id }) => `Feature request ${request_id}: its last decision has no entry`)
}

function checksumOf(entry: Omit<AuditEntry, 'checksum'>, key: string): string {
  const { sequence, request_id, old_status, new_status, admin, reason, timestamp, previous } = entry
  const facts = [sequence, request_id, old_status, new_status, admin, reason, timestamp, previous]
  return createHmac('sha256', key).update(JSON.stringify(facts)).digest('hex')
}
