/**
 * Filters. A filter is read once, checked against what the collection indexes, and becomes a predicate, plus two things
 * that a command needs to know of it: the ids it pins, and the equalities that an upsert starts a document with.
 * Negation is pushed down to the operators as the service does it: `$not` swaps `$and` and `$or`.
 */
import { DataApiError } from './errors.ts'
import { filterTest, invalidFilter, isFilterOperator } from './filter-operators.ts'
import { idKey } from './ids.ts'
import type { Indexing } from './indexing.ts'
import { isArray, isObject, typeName, type Json, type JsonObject } from './json.ts'
import { parsePath, valueAt, type Path } from './path.ts'
import { extensionOf } from './values.ts'

const MAX_COMPARISONS = 64

export interface Filter {
  /** Whether it lets every document pass. */
  readonly isEmpty: boolean
  /** The keys of the only documents that can match, when the filter names them. */
  readonly ids: readonly string[] | undefined
  /** What must be equal for a match. */
  readonly equalities: readonly Equality[]
  matches(document: JsonObject): boolean
}

export interface Equality {
  readonly path: Path
  readonly value: Json
}

type Predicate = (document: JsonObject) => boolean

/** Where in the filter a clause stands. */
interface Place {
  readonly isNegated: boolean
  /** Whether a match must fulfil the clause. */
  readonly isNecessary: boolean
  readonly isInOr: boolean
}

interface Reading {
  readonly indexing: Indexing
  readonly equalities: Equality[]
  ids: readonly string[] | undefined
  comparisons: number
  idComparisons: number
}

/** @throws DataApiError when it is not a filter, or asks for what is not indexed */
export function parseFilter(definition: Json | undefined, indexing: Indexing): Filter {
  const reading: Reading = { indexing, equalities: [], ids: undefined, comparisons: 0, idComparisons: 0 }
  const matches = readClauses(definition ?? {}, { isNegated: false, isNecessary: true, isInOr: false }, reading)
  if (reading.comparisons > MAX_COMPARISONS) {
    throw new DataApiError(
      'FILTER_FIELDS_LIMIT_VIOLATION',
      `Filter has ${reading.comparisons} fields, exceeds maximum allowed (${MAX_COMPARISONS}).`,
    )
  }
  if (reading.idComparisons > 1) {
    throw new DataApiError(
      'FILTER_MULTIPLE_ID_FILTER',
      "Command included more than one '_id' filter clause, which is not supported: use '$in' operator instead.",
    )
  }
  return { isEmpty: reading.comparisons === 0, ids: reading.ids, equalities: reading.equalities, matches }
}

function readClauses(definition: Json, place: Place, reading: Reading): Predicate {
  if (!isObject(definition)) {
    throw new DataApiError(
      'FILTER_UNSUPPORTED_DATA_TYPE',
      `Unsupported filter data type: filter definition must be JSON Object, command had ${typeName(definition)}.`,
    )
  }
  const predicates = Object.entries(definition).map(([name, value]) => readClause(name, value, place, reading))
  return place.isNegated ? some(predicates) : every(predicates)
}

function readClause(name: string, value: Json, place: Place, reading: Reading): Predicate {
  if (name === '$not' && isObject(value)) {
    return readClauses(value, { ...place, isNegated: !place.isNegated, isNecessary: false }, reading)
  }
  if ((name === '$and' || name === '$or') && isArray(value)) {
    const inner = name === '$or' ? { ...place, isNecessary: false, isInOr: true } : place
    const predicates = value.map((clause) => readClauses(clause, inner, reading))
    return (name === '$and') === place.isNegated ? some(predicates) : every(predicates)
  }
  return readField(name, value, place, reading)
}

function readField(name: string, value: Json, place: Place, reading: Reading): Predicate {
  if (isArray(value)) throw invalidFilter(`cannot filter on '${name}' by array type`)
  if (name.startsWith('$')) throw invalidFilter(`filter expression path ('${name}') cannot start with '$'`)
  const parsed = parsePath(name)
  if ('problem' in parsed) throw invalidFilter(parsed.problem)
  const comparisons = comparisonsOf(value).map(([operator, operand]) => {
    note(parsed.path, operator, operand, place, reading)
    const test = filterTest(operator, operand, place.isNegated)
    return (document: JsonObject) => test(valueAt(document, parsed.path))
  })
  return place.isNegated ? some(comparisons) : every(comparisons)
}

/** The operators of a field's condition; anything that is not made of operators is a value to be equal to. */
function comparisonsOf(condition: Json): readonly (readonly [string, Json])[] {
  const entries = isObject(condition) ? Object.entries(condition) : []
  const operators = entries.filter(([name]) => name.startsWith('$'))
  const isExtension = operators.some(([name]) => !isFilterOperator(name)) && isKnownExtension(condition)
  if (operators.length === 0 || isExtension) return [['$eq', condition]]
  if (operators.length < entries.length) throw invalidFilter('operators and field names cannot be mixed')
  return operators
}

function isKnownExtension(condition: Json): boolean {
  return ['$date', '$uuid', '$objectId'].includes(extensionOf(condition)?.name ?? '')
}

/** Checks a comparison's path, and keeps what the whole filter is judged by. */
function note(path: Path, operator: string, operand: Json, place: Place, reading: Reading): void {
  reading.comparisons += 1
  const isId = path.length === 1 && path[0] === '_id'
  if (isId) {
    noteId(operator, operand, place, reading)
  } else if (!reading.indexing(path)) {
    throw new DataApiError(
      'FILTER_PATH_UNINDEXED',
      `Collection path '${path.join('.')}' is not indexed: cannot filter on that path.`,
    )
  }
  if (operator === '$eq' && place.isNecessary) reading.equalities.push({ path, value: operand })
}

function noteId(operator: string, operand: Json, place: Place, reading: Reading): void {
  if (place.isInOr) throw invalidFilter("cannot filter on '_id' field within '$or'")
  if (operator !== '$eq' && operator !== '$in' && !reading.indexing(['_id'])) {
    throw new DataApiError(
      'FILTER_ID_NOT_INDEXED',
      `Collection field '_id' is not indexed so filtering can only be done using '$eq' or '$in', not '${operator}'.`,
    )
  }
  reading.idComparisons += 1
  if (operator === '$exists') return
  const keys = (isArray(operand) ? operand : [operand]).map(idKey)
  if (place.isNecessary && (operator === '$eq' || operator === '$in')) reading.ids = keys
}

function every(predicates: readonly Predicate[]): Predicate {
  return (document) => predicates.every((predicate) => predicate(document))
}

/** No predicates are no condition. */
function some(predicates: readonly Predicate[]): Predicate {
  return (document) => predicates.length === 0 || predicates.some((predicate) => predicate(document))
}
