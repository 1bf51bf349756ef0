import type { Command, CollectionContext } from '../command.ts'
import { readFields } from '../fields.ts'

/** Exact here; the service estimates. */
export const estimatedDocumentCount: Command<CollectionContext> = ({ collection }, body) => {
  readFields(body, 'estimatedDocumentCount', [])
  return { status: { count: collection.count() } }
}
