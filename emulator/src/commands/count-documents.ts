import type { Command, CollectionContext } from '../command.ts'
import { optional, readFields } from '../fields.ts'
import { parseFilter } from '../matcher.ts'
import { take } from '../select.ts'

const MAX_COUNT = 1000

export const countDocuments: Command<CollectionContext> = ({ collection }, body) => {
  const fields = readFields(body, 'countDocuments', ['filter'])
  const filter = parseFilter(optional(fields, 'filter'), collection.indexing)
  const found = filter.isEmpty ? collection.count() : take(collection, filter, MAX_COUNT + 1).length
  return { status: found > MAX_COUNT ? { count: MAX_COUNT, moreData: true } : { count: found } }
}
