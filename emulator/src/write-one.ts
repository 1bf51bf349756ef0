/** What the commands share that change the first document that matches, or insert one when none does. */
import type { Row } from './collection.ts'
import type { CollectionContext } from './command.ts'
import { checkDocument, withId } from './document.ts'
import { DataApiError } from './errors.ts'
import { flag, optional, readFields, text } from './fields.ts'
import { idKey } from './ids.ts'
import { fieldOf, type Json, type JsonObject } from './json.ts'
import { parseFilter, type Filter } from './matcher.ts'
import { changeAt } from './path-edit.ts'
import { invalidValue } from './fields.ts'
import { firstMatch } from './select.ts'
import { parseSort } from './sort.ts'
import type { Update } from './update.ts'

/** What became of the document that a command was to change. */
export type Outcome =
  | { readonly kind: 'missed' }
  | { readonly kind: 'matched'; readonly before: JsonObject; readonly after: JsonObject }
  | { readonly kind: 'upserted'; readonly after: JsonObject }

/** How a command makes the new document, from one that matched or from nothing. */
export interface Rewrite {
  fromExisting(document: JsonObject): JsonObject
  fromNothing(filter: Filter): Json
}

export function updateWith(update: Update): Rewrite {
  return {
    fromExisting: (document) => update.apply(document, 'existing'),
    fromNothing: ({ equalities }) => {
      const empty: JsonObject = {}
      const start = equalities.reduce((document, { path, value }) => changeAt(document, path, () => value), empty)
      return update.apply(start, 'upserted')
    },
  }
}

/** Changes the first match of `filter` in the order of `sort`; both, and `options.upsert`, are fields of `body`. */
export function rewriteFirst(context: CollectionContext, body: JsonObject, rewrite: Rewrite): Outcome {
  const { collection } = context
  const filter = parseFilter(optional(body, 'filter'), collection.indexing)
  const sort = parseSort(optional(body, 'sort'), collection.indexing, collection.vector)
  const row = firstMatch(collection, filter, sort)
  if (row !== undefined) {
    const after = rewriteRow(context, row, rewrite)
    return { kind: 'matched', before: row.document, after }
  }
  if (!flag(optionsOf(body), 'upsert')) return { kind: 'missed' }
  return { kind: 'upserted', after: insertNew(context, rewrite.fromNothing(filter)) }
}

/** @returns the document as it is now stored, the same object when nothing changed */
export function rewriteRow({ collection }: CollectionContext, row: Row, rewrite: Rewrite): JsonObject {
  const after = rewrite.fromExisting(row.document)
  if (after === row.document) return after
  checkDocument(after, collection.indexing, collection.vector)
  collection.replace(row, after)
  return after
}

/** @throws DataApiError when the document cannot be stored, or its id is in use */
export function insertNew({ collection, nowMs }: CollectionContext, given: Json): JsonObject {
  const document = withId(given, collection.defaultId, nowMs)
  checkDocument(document, collection.indexing, collection.vector)
  if (!collection.insert(document)) throw alreadyExists(idOf(document))
  return document
}

function alreadyExists(id: Json): DataApiError {
  return new DataApiError(
    'DOCUMENT_ALREADY_EXISTS',
    `Cannot insert the document: a document already exists with given '_id' (${JSON.stringify(id)}). ` +
      "Either resend the command with distinct '_id', or use an update command instead.",
  )
}

/** Copies the id of the document that is replaced. @throws DataApiError when the replacement has another */
export function replacing(replacement: JsonObject): Rewrite {
  const id = fieldOf(replacement, '_id')
  return {
    fromExisting(document) {
      const matched = idOf(document)
      if (id !== undefined && idKey(id) !== idKey(matched)) {
        throw new DataApiError(
          'DOCUMENT_REPLACE_DIFFERENT_DOCID',
          `The replace document and document resolved using filter have different '_id's: ${JSON.stringify(id)} ` +
            `(replace document) vs. ${JSON.stringify(matched)} (document that filter matches).`,
        )
      }
      const after = { _id: matched, ...replacement }
      return JSON.stringify(after) === JSON.stringify(document) ? document : after
    },
    fromNothing({ equalities }) {
      const pinned = equalities.find(({ path }) => path.length === 1 && path[0] === '_id')
      return pinned === undefined ? replacement : { _id: pinned.value, ...replacement }
    },
  }
}

export function statusOf(outcome: Outcome): JsonObject {
  if (outcome.kind === 'missed') return { matchedCount: 0, modifiedCount: 0 }
  if (outcome.kind === 'upserted') return { matchedCount: 0, modifiedCount: 0, upsertedId: idOf(outcome.after) }
  return { matchedCount: 1, modifiedCount: outcome.after === outcome.before ? 0 : 1 }
}

/** The document that `options.returnDocument` asks for: before the change unless it says after. */
export function returnedOf(outcome: Outcome, body: JsonObject): JsonObject | undefined {
  const wanted = text(optionsOf(body), 'returnDocument') ?? 'before'
  if (wanted !== 'before' && wanted !== 'after') {
    throw invalidValue('returnDocument', wanted, "must be 'before' or 'after'")
  }
  if (wanted === 'after') return outcome.kind === 'missed' ? undefined : outcome.after
  return outcome.kind === 'matched' ? outcome.before : undefined
}

function optionsOf(body: JsonObject): JsonObject {
  return readFields(optional(body, 'options'), 'options', ['upsert', 'returnDocument'])
}

export function idOf(document: JsonObject): Json {
  return fieldOf(document, '_id') ?? null
}
