import type { Command, CollectionContext } from '../command.ts'
import { nearness, sortVector } from './find.ts'
import { documentReply } from '../envelope.ts'
import { optional, readFields } from '../fields.ts'
import { parseFilter } from '../matcher.ts'
import { firstMatch } from '../select.ts'
import { parseSort } from '../sort.ts'
import { parseDocumentProjection } from '../vector-projection.ts'

export const findOne: Command<CollectionContext> = ({ collection }, body) => {
  const fields = readFields(body, 'findOne', ['filter', 'sort', 'projection', 'options'])
  const options = readFields(optional(fields, 'options'), 'options', ['includeSimilarity', 'includeSortVector'])
  const filter = parseFilter(optional(fields, 'filter'), collection.indexing)
  const sort = parseSort(optional(fields, 'sort'), collection.indexing, collection.vector)
  const project = parseDocumentProjection(optional(fields, 'projection'))
  const row = firstMatch(collection, filter, sort)
  const document = row && { ...project(row.document), ...nearness(row.document, sort, options) }
  return documentReply(document, sortVector(sort, options))
}
