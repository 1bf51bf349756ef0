/**
 * Which paths of a collection are indexed, from the `indexing` option it was created with: everything, or only what is
 * allowed, or all but what is denied. What is not indexed cannot be filtered or sorted by, and is free of the limits
 * that an index sets on strings and arrays.
 */
import { DataApiError } from './errors.ts'
import { isArray, isObject, type Json } from './json.ts'
import { parsePath, type Path } from './path.ts'

/** Whether the value at a path is indexed. Array indexes do not belong to the path. */
export type Indexing = (path: Path) => boolean

export const everythingIndexed: Indexing = () => true

/** @throws DataApiError when it is not `{ allow: [paths] }` or `{ deny: [paths] }` */
export function parseIndexing(definition: Json | undefined): Indexing {
  if (definition === undefined || definition === null) return everythingIndexed
  if (!isObject(definition)) throw invalid('it must be an object')
  const [[verb, list] = [], second] = Object.entries(definition)
  if ((verb !== 'allow' && verb !== 'deny') || second !== undefined) {
    throw invalid("exactly one of 'allow' and 'deny' must be given")
  }
  if (!isArray(list)) throw invalid(`'${verb}' must be an array of paths`)
  const paths = list.map(toPath)
  if (paths.length === 0) throw invalid(`'${verb}' must name at least one path`)
  const isAny = paths.length === 1 && paths[0]?.join('.') === '*'
  const covers = (path: Path) => isAny || paths.some((start) => start.every((segment, at) => segment === path[at]))
  return verb === 'allow' ? covers : (path) => !covers(path)
}

function toPath(text: Json): Path {
  if (typeof text !== 'string') throw invalid('every path must be a string')
  const parsed = parsePath(text)
  if ('problem' in parsed) throw invalid(parsed.problem)
  if (text.startsWith('$')) throw invalid(`path must not start with '$' ('${text}')`)
  return parsed.path
}

function invalid(reason: string): DataApiError {
  return new DataApiError(
    'INVALID_INDEXING_DEFINITION',
    `'createCollection' indexing definition invalid: ${reason}. Resend with a valid indexing definition.`,
  )
}
