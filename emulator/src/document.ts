/**
 * What may be stored: an object with an `_id`, valid field names and values, within the Data API's limits. The limits
 * on strings, arrays and the number of fields hold only for what is indexed.
 */
import { DataApiError } from './errors.ts'
import { idKey, newId, type DefaultId } from './ids.ts'
import type { Indexing } from './indexing.ts'
import { fieldOf, isArray, isObject, typeName, type Json, type JsonObject } from './json.ts'
import { childPath, type Path } from './path.ts'
import { extensionOf, extensionProblem } from './values.ts'
import { readVector, type VectorSettings } from './vector.ts'

const MAX_CHARACTERS = 4_000_000
const MAX_DEPTH = 16
const MAX_PATH_LENGTH = 1000
const MAX_INDEXED_STRING_BYTES = 8000
const MAX_INDEXED_ARRAY_LENGTH = 1000
const MAX_INDEXED_OBJECT_FIELDS = 1000
const MAX_INDEXED_FIELDS = 2000

/** A document with its `_id` as the first field, a new one where it had none. */
export function withId(document: Json, kind: DefaultId | undefined, nowMs: number): JsonObject {
  if (!isObject(document)) {
    throw new DataApiError(
      'SHRED_BAD_DOCUMENT_TYPE',
      `Bad document type to shred: document must be a JSON Object, instead got a JSON ${typeName(document)}.`,
    )
  }
  const given = fieldOf(document, '_id')
  return { _id: given === undefined ? newId(kind, nowMs) : given, ...document }
}

/** @throws DataApiError when the document cannot be stored */
export function checkDocument(document: JsonObject, indexing: Indexing, vector?: VectorSettings): void {
  const given = fieldOf(document, '$vector') ?? null
  if (given !== null) readVector(given, vector)
  idKey(fieldOf(document, '_id') ?? null)
  checkFieldCount(document)
  let indexedFields = 0
  for (const node of nodesOf(document, [], 1)) {
    checkNode(node)
    if (!indexing(node.path)) continue
    checkIndexedValue(node)
    if (node.isField) indexedFields += 1
  }
  within('total number of indexed properties', indexedFields, MAX_INDEXED_FIELDS)
  within('document size', JSON.stringify(document).length, MAX_CHARACTERS)
}

interface Node {
  readonly value: Json
  /** The fields that lead to it; array indexes do not belong to the path. */
  readonly path: Path
  readonly depth: number
  readonly isField: boolean
}

/** Every value below `value`, each before what is in it: a check that throws ends the descent. */
function* nodesOf(value: JsonObject | readonly Json[], path: readonly string[], depth: number): Generator<Node> {
  for (const [name, inner] of Object.entries(value)) {
    if (depth === 1 && (name === '_id' || name === '$vector')) continue
    const isField = !isArray(value)
    const [at, ...rest] = isField ? childPath(path, name) : path
    const node: Node = { value: inner, path: [at ?? '', ...rest], depth: depth + 1, isField }
    yield node
    if (isArray(inner) || (isObject(inner) && extensionOf(inner) === undefined))
      yield* nodesOf(inner, node.path, depth + 1)
  }
}

function checkNode({ value, path, depth, isField }: Node): void {
  const name = path.at(-1) ?? ''
  if (isField && name.startsWith('$')) {
    throw new DataApiError(
      'SHRED_BAD_FIELD_NAME',
      `Document field name not valid: field name '${name}' starts with '$' (this server has no $vectorize, no lexical search).`,
    )
  }
  within(`field path length (path ends with '${name}')`, path.join('.').length, MAX_PATH_LENGTH)
  // JSON.parse reads 1e999 as Infinity, which JSON cannot write.
  if (typeof value === 'number' && !Number.isFinite(value)) throw violation(`number at '${name}' is too large`)
  if (typeof value !== 'object' || value === null) return
  within('document depth', depth, MAX_DEPTH)
  const extension = extensionOf(value)
  const problem = extension && extensionProblem(extension)
  if (problem !== undefined) {
    throw new DataApiError('SHRED_BAD_EJSON_VALUE', `Bad JSON Extension value to shred: ${problem} (at '${name}').`)
  }
}

function checkIndexedValue({ value, path }: Node): void {
  const field = `(field '${path.join('.')}')`
  if (typeof value === 'string') {
    within(`length in bytes of indexed String value ${field}`, Buffer.byteLength(value), MAX_INDEXED_STRING_BYTES)
  } else if (isArray(value)) {
    within(`number of elements of indexed Array ${field}`, value.length, MAX_INDEXED_ARRAY_LENGTH)
  } else if (isObject(value)) {
    checkFieldCount(value)
  }
}

function checkFieldCount(object: JsonObject): void {
  within('number of properties of an indexed Object', Object.keys(object).length, MAX_INDEXED_OBJECT_FIELDS)
}

function within(what: string, value: number, limit: number): void {
  if (value > limit) throw violation(`${what} (${value}) exceeds maximum allowed (${limit})`)
}

function violation(reason: string): DataApiError {
  return new DataApiError('SHRED_DOC_LIMIT_VIOLATION', `Document size limitation violated: ${reason}.`)
}
