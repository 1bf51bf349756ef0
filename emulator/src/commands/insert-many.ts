import type { Command, CollectionContext } from '../command.ts'
import { withId } from '../document.ts'
import { describeError, type ErrorDescriptor, type Reply } from '../envelope.ts'
import { DataApiError } from '../errors.ts'
import { flag, invalidValue, optional, readFields, required } from '../fields.ts'
import { isArray, isObject, type Json } from '../json.ts'
import { idOf, insertNew } from '../write-one.ts'

const MAX_DOCUMENTS = 100

/** What became of one document. The error is an index into the reply's errors. */
type Result =
  | { readonly status: 'OK'; readonly id: Json }
  | { readonly status: 'ERROR'; readonly id: Json | undefined; readonly errorsIdx: number }
  | { readonly status: 'SKIPPED'; readonly id: Json | undefined }

/** What is inserted before an error stays inserted; an ordered insert stops there. */
export const insertMany: Command<CollectionContext> = (context, body) => {
  const fields = readFields(body, 'insertMany', ['documents', 'options'])
  const options = readFields(optional(fields, 'options'), 'options', ['ordered', 'returnDocumentResponses'])
  const documents = required(fields, 'documents')
  if (!isArray(documents) || documents.length === 0) {
    throw invalidValue('documents', documents, 'must be a non-empty array')
  }
  if (documents.length > MAX_DOCUMENTS) {
    throw invalidValue(
      'documents',
      documents.length,
      `amount of documents to insert is over the max limit (${documents.length} vs ${MAX_DOCUMENTS})`,
    )
  }
  const { results, errors } = insertAll(context, documents, flag(options, 'ordered'))
  return reply(results, errors, flag(options, 'returnDocumentResponses'))
}

function insertAll(
  context: CollectionContext,
  documents: readonly Json[],
  isOrdered: boolean,
): { readonly results: readonly Result[]; readonly errors: readonly ErrorDescriptor[] } {
  const errors: ErrorDescriptor[] = []
  const results = documents.map((given): Result => {
    // Ids are given out first: a document that fails is named by the id it would have had.
    const document = isObject(given) ? withId(given, context.collection.defaultId, context.nowMs) : given
    const id = isObject(document) ? idOf(document) : undefined
    if (isOrdered && errors.length > 0) return { status: 'SKIPPED', id }
    try {
      return { status: 'OK', id: idOf(insertNew(context, document)) }
    } catch (error) {
      if (!(error instanceof DataApiError)) throw error
      return { status: 'ERROR', id, errorsIdx: errors.push(describeError(error)) - 1 }
    }
  })
  return { results, errors }
}

function reply(results: readonly Result[], errors: readonly ErrorDescriptor[], isDetailed: boolean): Reply {
  const insertedIds = results.flatMap((result) => (result.status === 'OK' ? [result.id] : []))
  const documentResponses = results.map(({ id, ...rest }) => ({ ...(id !== undefined && { _id: id }), ...rest }))
  return {
    status: isDetailed ? { documentResponses } : { insertedIds },
    ...(errors.length > 0 && { errors }),
  }
}
