import type { Command, CollectionContext } from '../command.ts'
import { optional, readFields } from '../fields.ts'
import { parseFilter } from '../matcher.ts'
import { take } from '../select.ts'

const MAX_DELETES = 20

/** Deletes at most one page of documents per call; the client repeats it while there is more. No filter deletes all. */
export const deleteMany: Command<CollectionContext> = ({ collection }, body) => {
  const fields = readFields(body, 'deleteMany', ['filter'])
  const filter = parseFilter(optional(fields, 'filter'), collection.indexing)
  if (filter.isEmpty) {
    collection.clear()
    return { status: { deletedCount: -1 } }
  }
  const found = take(collection, filter, MAX_DELETES + 1)
  const rows = found.slice(0, MAX_DELETES)
  for (const row of rows) collection.remove(row)
  return { status: { deletedCount: rows.length, ...(found.length > MAX_DELETES && { moreData: true }) } }
}
