import type { Command, CollectionContext } from '../command.ts'
import { optional, readFields } from '../fields.ts'
import { parseFilter } from '../matcher.ts'
import { firstMatch } from '../select.ts'
import { parseSort } from '../sort.ts'

export const deleteOne: Command<CollectionContext> = ({ collection }, body) => {
  const fields = readFields(body, 'deleteOne', ['filter', 'sort'])
  const filter = parseFilter(optional(fields, 'filter'), collection.indexing)
  const sort = parseSort(optional(fields, 'sort'), collection.indexing, collection.vector)
  const row = firstMatch(collection, filter, sort)
  if (row !== undefined) collection.remove(row)
  return { status: { deletedCount: row === undefined ? 0 : 1 } }
}
