import type { Row } from '../collection.ts'
import type { Command, CollectionContext } from '../command.ts'
import { count, flag, invalidValue, optional, readFields, text } from '../fields.ts'
import type { JsonObject } from '../json.ts'
import { parseFilter, type Filter } from '../matcher.ts'
import { decodePageState, encodePageState } from '../page-state.ts'
import { sorted, take } from '../select.ts'
import { parseSort, type Sort } from '../sort.ts'
import { parseDocumentProjection } from '../vector-projection.ts'
import { writtenVector } from '../vector.ts'

const optionNames = ['limit', 'skip', 'pageState', 'includeSimilarity', 'includeSortVector']

interface Page {
  readonly rows: readonly Row[]
  readonly next: string | null
}

export const find: Command<CollectionContext> = (context, body) => {
  const { indexing, vector } = context.collection
  const fields = readFields(body, 'find', ['filter', 'sort', 'projection', 'options'])
  const options = readFields(optional(fields, 'options'), 'options', optionNames)
  const filter = parseFilter(optional(fields, 'filter'), indexing)
  const sort = parseSort(optional(fields, 'sort'), indexing, vector)
  const project = parseDocumentProjection(optional(fields, 'projection'))
  const { rows, next } = sort ? onlyPage(context, filter, sort, options) : nextPage(context, filter, options)
  const documents = rows.map(({ document }) => ({ ...project(document), ...nearness(document, sort, options) }))
  return { data: { documents, nextPageState: next }, status: sortVector(sort, options) }
}

/** A sorted find ends after one page, whatever its limit: the service does not say that there is more. */
function onlyPage({ collection, pageSize }: CollectionContext, filter: Filter, sort: Sort, options: JsonObject): Page {
  if (text(options, 'pageState') !== undefined) {
    throw invalidValue('options.pageState', null, 'pageState is not supported with non-empty sort clause')
  }
  const skip = count(options, 'skip') ?? 0
  const rows = sorted(collection, filter, sort).slice(
    skip,
    skip + Math.min(limitOf(options), sort.search ? Number.POSITIVE_INFINITY : pageSize),
  )
  return { rows, next: null }
}

function nextPage({ collection, pageSize }: CollectionContext, filter: Filter, options: JsonObject): Page {
  const skip = count(options, 'skip')
  if (skip !== undefined) throw invalidValue('options.skip', skip, 'skip options should be used with sort clause')
  const { after, returned } = decodePageState(text(options, 'pageState'))
  const left = limitOf(options) - returned
  const found = take(collection, filter, Math.min(pageSize, left) + 1, after)
  const rows = found.slice(0, Math.min(pageSize, left))
  const last = rows.at(-1)
  if (last === undefined || found.length === rows.length || rows.length === left) return { rows, next: null }
  return { rows, next: encodePageState({ after: last.position, returned: returned + rows.length }) }
}

/** Zero and nothing mean no limit. */
function limitOf(options: JsonObject): number {
  return count(options, 'limit') || Number.POSITIVE_INFINITY
}

export function nearness(document: JsonObject, { search }: Partial<Sort> = {}, options: JsonObject = {}): JsonObject {
  const similarity = search && flag(options, 'includeSimilarity') ? search.similarity(document) : undefined
  return similarity === undefined ? {} : { $similarity: similarity }
}

export function sortVector({ search }: Partial<Sort> = {}, options: JsonObject = {}): JsonObject {
  return search && flag(options, 'includeSortVector') ? { sortVector: writtenVector(search.target) } : {}
}
