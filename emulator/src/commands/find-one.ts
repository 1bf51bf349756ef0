import type { Command, CollectionContext } from '../command.ts'
import { documentReply } from '../envelope.ts'
import { optional, readFields } from '../fields.ts'
import { parseFilter } from '../matcher.ts'
import { parseProjection } from '../projection.ts'
import { firstMatch } from '../select.ts'
import { parseSort } from '../sort.ts'

export const findOne: Command<CollectionContext> = ({ collection }, body) => {
  const fields = readFields(body, 'findOne', ['filter', 'sort', 'projection', 'options'])
  readFields(optional(fields, 'options'), 'options', ['includeSimilarity', 'includeSortVector'])
  const filter = parseFilter(optional(fields, 'filter'), collection.indexing)
  const sort = parseSort(optional(fields, 'sort'), collection.indexing)
  const project = parseProjection(optional(fields, 'projection'))
  const row = firstMatch(collection, filter, sort)
  return documentReply(row && project(row.document), {})
}
