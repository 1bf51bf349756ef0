import type { Command, CollectionContext } from '../command.ts'
import { flag, optional, readFields, required, text } from '../fields.ts'
import { parseFilter } from '../matcher.ts'
import { decodePageState, encodePageState, firstPage } from '../page-state.ts'
import { take } from '../select.ts'
import { parseUpdate } from '../update.ts'
import { idOf, insertNew, rewriteRow, updateWith } from '../write-one.ts'

const MAX_UPDATES = 20

/** Changes at most one page of documents per call; the client calls again with the page state until there is none. */
export const updateMany: Command<CollectionContext> = (context, body) => {
  const { collection, nowMs } = context
  const fields = readFields(body, 'updateMany', ['filter', 'update', 'options'])
  const options = readFields(optional(fields, 'options'), 'options', ['upsert', 'pageState'])
  const filter = parseFilter(optional(fields, 'filter'), collection.indexing)
  const rewrite = updateWith(parseUpdate(required(fields, 'update'), nowMs))
  const { after, returned } = decodePageState(text(options, 'pageState'))

  const found = take(collection, filter, MAX_UPDATES + 1, after)
  if (found.length === 0 && after === firstPage.after && flag(options, 'upsert')) {
    const upsertedId = idOf(insertNew(context, rewrite.fromNothing(filter)))
    return { status: { matchedCount: 0, modifiedCount: 0, upsertedId } }
  }
  const rows = found.slice(0, MAX_UPDATES)
  const modifiedCount = rows.filter((row) => rewriteRow(context, row, rewrite) !== row.document).length
  const last = found.length > MAX_UPDATES ? rows.at(-1) : undefined
  const next = last && encodePageState({ after: last.position, returned: returned + rows.length })
  return {
    status: {
      matchedCount: rows.length,
      modifiedCount,
      ...(next !== undefined && { moreData: true, nextPageState: next }),
    },
  }
}
