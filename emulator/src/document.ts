/**
 * What may be stored: an object with an `_id`, valid field names and values, within the Data API's limits. The limits
 * on strings, arrays and the number of fields hold only for what is indexed.
 */
import { DataApiError } from './errors.ts'
import { idKey, newId, type DefaultId } from './ids.ts'
import type { Indexing } from './indexing.ts'
import { fieldOf, isArray, isObject, typeName, type Json, type JsonObject } from './json.ts'
import type { Path } from './path.ts'
import { extensionOf, extensionProblem } from './values.ts'

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
  return { _id: fieldOf(document, '_id') ?? (Object.hasOwn(document, '_id') ? null : newId(kind, nowMs)), ...document }
}

/** @throws DataApiError when the document cannot be stored */
export function checkDocument(document: JsonObject, indexing: Indexing): void {
  idKey(fieldOf(document, '_id') ?? null)
  let indexedFields = 0

  const checkObject = (object: JsonObject, path: readonly string[], depth: number): void => {
    const fields = Object.entries(object)
    for (const [name, value] of fields) {
      if (depth === 1 && name === '_id') continue
      const at: Path = [path[0] ?? name, ...path.slice(1), ...(path.length > 0 ? [name] : [])]
      checkName(name, at)
      if (indexing(at)) indexedFields += 1
      check(value, at, depth)
    }
    const [top, ...rest] = path
    if (top === undefined || indexing([top, ...rest])) within('number of fields of an object', fields.length, MAX_INDEXED_OBJECT_FIELDS)
  }
  const check = (value: Json, path: Path, depth: number): void => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw violation('a number is too large')
    if (typeof value === 'string' && indexing(path)) {
      within(`length of indexed String value (field '${path.join('.')}')`, Buffer.byteLength(value), MAX_INDEXED_STRING_BYTES)
    }
    if (typeof value !== 'object' || value === null) return
    within('document depth', depth + 1, MAX_DEPTH)
    if (isArray(value)) {
      if (indexing(path)) within(`number of elements of indexed Array (field '${path.join('.')}')`, value.length, MAX_INDEXED_ARRAY_LENGTH)
      for (const element of value) check(element, path, depth + 1)
    } else if (!isCheckedExtension(value)) {
      checkObject(value, path, depth + 1)
    }
  }

  checkObject(document, [], 1)
  within('total number of indexed properties', indexedFields, MAX_INDEXED_FIELDS)
  within('document size', JSON.stringify(document).length, MAX_CHARACTERS)
}

function isCheckedExtension(value: JsonObject): boolean {
  const extension = extensionOf(value)
  if (extension === undefined) return false
  const problem = extensionProblem(extension)
  if (problem !== undefined) {
    throw new DataApiError('SHRED_BAD_EJSON_VALUE', `Bad JSON Extension value to shred: ${problem}.`)
  }
  return true
}

function checkName(name: string, path: Path): void {
  if (name.startsWith('$')) {
    throw new DataApiError(
      'SHRED_BAD_FIELD_NAME',
      `Document field name not valid: field name '${name}' starts with '$'. This emulator has no vectors and no lexical search.`,
    )
  }
  within(`field path length (path ends with '${name}')`, path.join('.').length, MAX_PATH_LENGTH)
}

function within(what: string, value: number, limit: number): void {
  if (value > limit) throw violation(`${what} (${value}) exceeds maximum allowed (${limit})`)
}

function violation(reason: string): DataApiError {
  return new DataApiError('SHRED_DOC_LIMIT_VIOLATION', `Document size limitation violated: ${reason}.`)
}
