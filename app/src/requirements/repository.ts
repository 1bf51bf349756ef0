import type { Db } from '@datastax/astra-db-ts'

import { isDuplicate, openCollection, type Stored, type WriteOutcome } from '../database.ts'
import type { RequirementsDocument, VersionSummary } from './document.ts'

/** Where requirements documents are kept. Documents are added, never changed. */
export interface RequirementsRepository {
  /** The newest version; undefined when there is none. */
  latest(): Promise<RequirementsDocument | undefined>
  /** All versions, the newest first. */
  versions(): Promise<readonly VersionSummary[]>
  byId(versionId: number): Promise<RequirementsDocument | undefined>
  /** Those of some ids that there are; a hundred ids at most. */
  byIds(versionIds: readonly number[]): Promise<readonly RequirementsDocument[]>
  /** Adds a document under its version id, unless another one has that id. */
  insert(document: RequirementsDocument): Promise<WriteOutcome>
}

type StoredRequirements = Stored & RequirementsDocument

const SUMMARY_FIELDS = { title: 1, version: 1, metadata: 1 } as const

export function createAstraRequirements(db: Db): RequirementsRepository {
  const collection = openCollection<StoredRequirements>(db, 'requirements')
  return {
    async latest() {
      return withoutId(await collection.findOne({}, { sort: { 'metadata.version_id': -1 } }))
    },
    async versions() {
      // Sorted here: the Data API ends a sorted find after one page.
      const found = await collection.find({}, { projection: SUMMARY_FIELDS }).toArray()
      return found
        .map(({ title, version, metadata: { version_id, timestamp, author, checksum } }) => {
          return { version_id, version, title, timestamp, author, checksum }
        })
        .sort((one, other) => other.version_id - one.version_id)
    },
    async byId(versionId) {
      return withoutId(await collection.findOne({ _id: versionId }))
    },
    async byIds(versionIds) {
      const found = await collection.find({ _id: { $in: [...versionIds] } }).toArray()
      return found.map(({ _id, ...document }) => document)
    },
    async insert(document) {
      try {
        await collection.insertOne({ _id: document.metadata.version_id, ...document })
        return 'applied'
      } catch (error) {
        if (isDuplicate(error)) return 'refused'
        throw error
      }
    },
  }
}

function withoutId(stored: StoredRequirements | null): RequirementsDocument | undefined {
  if (!stored) return undefined
  const { _id, ...document } = stored
  return document
}
