import type { CollectionFilter, Db } from '@datastax/astra-db-ts'

import { isDuplicate, openCollection, type Stored, type WriteOutcome } from '../database.ts'
import type { AuditEntry, ChainHead } from './chain.ts'

/** Where the audit trail is kept. Entries are added, never changed. */
export interface AuditRepository {
  /** The last entry; undefined when there is none. */
  head(): Promise<ChainHead | undefined>
  /** Adds an entry under its number, unless there is one already. */
  insert(entry: AuditEntry): Promise<WriteOutcome>
  /** The newest entries of all or of one feature request, the newest first. */
  newest(requestId: string | undefined, limit: number): Promise<readonly AuditEntry[]>
  /** All entries, in their order. */
  all(): Promise<readonly AuditEntry[]>
}

type StoredEntry = Stored & AuditEntry

export function createAstraAudit(db: Db): AuditRepository {
  const collection = openCollection<StoredEntry>(db, 'audit')
  const find = async (filter: CollectionFilter<StoredEntry>): Promise<AuditEntry[]> => {
    // Sorted here: the Data API ends a sorted find after one page.
    const found = await collection.find(filter).toArray()
    return found.map(({ _id, ...entry }) => entry).sort((one, other) => one.sequence - other.sequence)
  }
  const head = async (): Promise<ChainHead | undefined> => {
    const last = await collection.findOne({}, { sort: { sequence: -1 }, projection: { sequence: 1, checksum: 1 } })
    return last ? { sequence: last.sequence, checksum: last.checksum } : undefined
  }
  // Entries are numbered without gaps, so the newest need no walk through all.
  const newestOfAll = async (limit: number): Promise<AuditEntry[]> => {
    const last = await head()
    return last ? find({ sequence: { $gt: last.sequence - limit } }) : []
  }
  return {
    head,
    async insert(entry) {
      try {
        await collection.insertOne({ _id: entry.sequence, ...entry })
        return 'applied'
      } catch (error) {
        if (isDuplicate(error)) return 'refused'
        throw error
      }
    },
    async newest(requestId, limit) {
      const found = await (requestId === undefined ? newestOfAll(limit) : find({ request_id: requestId }))
      return found.reverse().slice(0, limit)
    },
    all: () => find({}),
  }
}
