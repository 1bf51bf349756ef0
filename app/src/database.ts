/**
 * What the repositories have in common: the collections that the service keeps, and what an error of the Data API means.
 * An index is made only for what is filtered or sorted by: the Data API limits an indexed text to 8000 bytes, and a
 * description may be longer.
 */
import {
  CollectionInsertManyError,
  DataAPIHttpError,
  DataAPIResponseError,
  DataAPITimeoutError,
  type Collection,
  type CreateCollectionOptions,
  type Db,
} from '@datastax/astra-db-ts'

/** What became of a write that sets a condition, such as an id that nobody has: refused, it has changed nothing. */
export type WriteOutcome = 'applied' | 'refused'

/** A document as a collection holds it. */
export interface Stored {
  readonly _id: string | number
}

const COLLECTIONS = {
  requirements: { indexing: { allow: ['metadata.version_id'] } },
  features: { indexing: { allow: ['part', 'status', 'updated_at'] } },
  sources: { indexing: { allow: ['file'] } },
  audit: { indexing: { allow: ['request_id', 'sequence'] } },
  accounts: { indexing: { allow: ['_id'] } },
  preferences: { indexing: { allow: ['_id'] } },
  dictionary: { indexing: { allow: ['words', 'category', 'updated_at'] } },
} satisfies Record<string, CreateCollectionOptions<Stored>>

export type CollectionName = keyof typeof COLLECTIONS

/** Creates the collections that are missing. */
export async function ensureCollections(db: Db): Promise<void> {
  const existing = new Set(await db.listCollections({ nameOnly: true }))
  for (const [name, options] of Object.entries(COLLECTIONS)) {
    if (!existing.has(name)) await db.createCollection<Stored>(name, options)
  }
}

export function openCollection<T extends Stored>(db: Db, name: CollectionName): Collection<T> {
  return db.collection<T>(name)
}

/** Whether an insert failed because the id is in use. */
export function isDuplicate(error: unknown): boolean {
  return hasCode(error, /^DOCUMENT_ALREADY_EXISTS$/)
}

/** Whether the database refused a document for its size or shape. */
export function isRefusedDocument(error: unknown): boolean {
  return hasCode(error, /^SHRED_/)
}

/** Whether the database could not be asked, as opposed to having refused. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DataAPITimeoutError) return true
  if (error instanceof DataAPIHttpError) return error.status === 429 || error.status >= 500
  // A connection that failed: the client throws the socket's own error. Codes of programming errors begin with ERR_.
  return error instanceof Error && 'code' in error && /^(?:E(?!RR_)[A-Z_]+|UND_ERR_\w+)$/.test(String(error.code))
}

/** What an error of the database says, in one line. */
export function databaseReason(error: unknown): string {
  const first = error instanceof CollectionInsertManyError ? error.errors()[0] : error
  const message = first instanceof Error ? first.message : String(first)
  return (message.split('\n')[0] ?? '').slice(0, 300)
}

function hasCode(error: unknown, code: RegExp): boolean {
  return error instanceof DataAPIResponseError && error.errorDescriptors.some((one) => code.test(one.errorCode))
}
