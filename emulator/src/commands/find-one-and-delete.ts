import type { Command, CollectionContext } from '../command.ts'
import { documentReply } from '../envelope.ts'
import { optional, readFields } from '../fields.ts'
import { parseFilter } from '../matcher.ts'
import { firstMatch } from '../select.ts'
import { parseSort } from '../sort.ts'
import { parseDocumentProjection } from '../vector-projection.ts'

export const findOneAndDelete: Command<CollectionContext> = ({ collection }, body) => {
  const fields = readFields(body, 'findOneAndDelete', ['filter', 'sort', 'projection', 'options'])
  const filter = parseFilter(optional(fields, 'filter'), collection.indexing)
  const sort = parseSort(optional(fields, 'sort'), collection.indexing, collection.vector)
  const project = parseDocumentProjection(optional(fields, 'projection'))
  const row = firstMatch(collection, filter, sort)
  if (row === undefined) return documentReply(undefined, { deletedCount: 0 })
  collection.remove(row)
  return documentReply(project(row.document), { deletedCount: 1 })
}
