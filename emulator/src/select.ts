/** How commands find documents: one by one in the collection's order, or all of them, sorted. */
import type { Collection, Row } from './collection.ts'
import { DataApiError } from './errors.ts'
import type { Filter } from './matcher.ts'
import type { Sort } from './sort.ts'

const MAX_SORTED = 10_000
const MAX_NEAREST = 1000

/** The documents behind a position that match, in the collection's order. */
function* matching(collection: Collection, filter: Filter, after = 0): Generator<Row> {
  const rows = filter.ids === undefined ? collection.scan(after) : collection.byKeys(filter.ids)
  for (const row of rows) {
    if (row.position > after && filter.matches(row.document)) yield row
  }
}

/** The first `size` of the documents that match. */
export function take(collection: Collection, filter: Filter, size: number, after = 0): readonly Row[] {
  const rows: Row[] = []
  for (const row of matching(collection, filter, after)) {
    if (rows.push(row) === size) break
  }
  return rows
}

/** @throws DataApiError when more match than a sort in memory may take */
export function sorted(collection: Collection, filter: Filter, sort: Sort): readonly Row[] {
  const { search } = sort
  const rows = take(collection, filter, search ? Number.POSITIVE_INFINITY : MAX_SORTED + 1)
  if (search)
    return nearest(
      rows.filter(({ document }) => search.similarity(document) !== undefined),
      sort,
    )
  if (rows.length > MAX_SORTED) {
    throw new DataApiError(
      'OVERLOADED_SORT_ROW_LIMIT',
      `The command used in-memory sorting which has a limit of ${MAX_SORTED} documents. ` +
        'Resend the command using a more specific filter to reduce the number of documents sorted.',
    )
  }
  return rows.toSorted((one, other) => sort(one.document, other.document))
}

function nearest(rows: readonly Row[], sort: Sort): readonly Row[] {
  return rows.toSorted((one, other) => sort(one.document, other.document)).slice(0, MAX_NEAREST)
}

export function firstMatch(collection: Collection, filter: Filter, sort: Sort | undefined): Row | undefined {
  const [first] = sort === undefined ? take(collection, filter, 1) : sorted(collection, filter, sort)
  return first
}
