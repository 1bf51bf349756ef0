import { compareValues } from './compare.ts'
import { DataApiError } from './errors.ts'
import type { Indexing } from './indexing.ts'
import { fieldOf, isObject, typeName, type Json, type JsonObject } from './json.ts'
import { parsePath, valueAt, type Path } from './path.ts'
import { readVector, similarityOf, type VectorSettings } from './vector.ts'

/** The order of two documents: negative when the first comes first. */
export interface Sort {
  (one: JsonObject, other: JsonObject): number
  /** What a search by vector looks for, and how near a document is to it; undefined for one without a vector. */
  readonly search?: {
    readonly target: Float32Array
    readonly similarity: (document: JsonObject) => number | undefined
  }
}

interface Key {
  readonly path: Path
  readonly direction: 1 | -1
}

/**
 * The order that a sort clause asks for, undefined when it asks for none.
 *
 * @throws DataApiError when a value is not 1 or -1, or a path is not indexed
 */
export function parseSort(definition: Json | undefined, indexing: Indexing, vector?: VectorSettings): Sort | undefined {
  if (definition === undefined || definition === null) return undefined
  if (!isObject(definition)) {
    throw sortError('SORT_CLAUSE_INVALID', `sort clause must be a JSON Object, not ${typeName(definition)}`)
  }
  const nearest = fieldOf(definition, '$vector')
  if (nearest !== undefined && vector) return byNearness(definition, readVector(nearest, vector), vector)
  const keys = Object.entries(definition).map(([name, value]) => readKey(name, value, indexing))
  if (keys.length === 0) return undefined
  return (one, other) => {
    for (const { path, direction } of keys) {
      const order = compareValues(valueAt(one, path), valueAt(other, path))
      if (order !== 0) return order * direction
    }
    return 0
  }
}

function byNearness(definition: JsonObject, target: Float32Array, settings: VectorSettings): Sort {
  if (Object.keys(definition).length > 1) throw sortError('SORT_CLAUSE_INVALID', '$vector must be the only sort')
  const similarity = (document: JsonObject): number | undefined => similarityOf(document, target, settings)
  const order = (one: JsonObject, other: JsonObject): number => (similarity(other) ?? 0) - (similarity(one) ?? 0)
  return Object.assign(order, { search: { target, similarity } })
}

function readKey(name: string, value: Json, indexing: Indexing): Key {
  if (name.startsWith('$')) {
    throw sortError(
      'SORT_CLAUSE_PATH_INVALID',
      `path ('${name}') cannot start with '$': this server sorts by fields only`,
    )
  }
  const parsed = parsePath(name)
  if ('problem' in parsed) throw sortError('SORT_CLAUSE_PATH_INVALID', parsed.problem)
  if (value !== 1 && value !== -1) {
    throw sortError(
      'SORT_CLAUSE_VALUE_INVALID',
      `value of '${name}' can only be \`1\` for ascending or \`-1\` for descending`,
    )
  }
  if (!indexing(parsed.path)) throw sortError('SORT_CLAUSE_PATH_UNINDEXED', `field '${name}' is not indexed`)
  return { path: parsed.path, direction: value }
}

type SortErrorCode =
  | 'SORT_CLAUSE_INVALID'
  | 'SORT_CLAUSE_PATH_INVALID'
  | 'SORT_CLAUSE_PATH_UNINDEXED'
  | 'SORT_CLAUSE_VALUE_INVALID'

function sortError(code: SortErrorCode, problem: string): DataApiError {
  return new DataApiError(code, `Sort clause used by command not valid. Problem: ${problem}.`)
}
