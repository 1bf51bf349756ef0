/**
 * Changes at a path. Nothing is changed in place: the result shares what is untouched with the original, and is the
 * original itself when nothing changed, which is how a command knows whether it modified a document.
 */
import { DataApiError } from './errors.ts'
import { fieldOf, isArray, typeName, type Json, type JsonObject } from './json.ts'
import { indexOf, type Path } from './path.ts'
import { isDocument } from './values.ts'

/** Indexes further than this behind the end of an array are refused instead of padded with nulls. */
const MAX_PADDING = 1000

/**
 * The document with the value at `path` replaced by what `change` makes of it (undefined: there was none). Objects on
 * the way are created, arrays padded with null.
 *
 * @throws DataApiError when the path leads through a value that has no fields
 */
export function changeAt(document: JsonObject, path: Path, change: (old: Json | undefined) => Json): JsonObject {
  return changeIn(document, path, change, path) as JsonObject
}

function changeIn(node: Json, path: Path, change: (old: Json | undefined) => Json, whole: Path): Json {
  const [segment, next, ...rest] = path
  const index = isArray(node) ? indexOf(segment) : undefined
  if (index === undefined && !isDocument(node)) throw noSuchField(segment, whole, node)
  const old = isArray(node) ? node[index ?? -1] : fieldOf(node as JsonObject, segment)
  const changed =
    next === undefined ? change(old) : changeIn(old === undefined ? {} : old, [next, ...rest], change, whole)
  if (changed === old) return node
  if (!isArray(node)) return { ...(node as JsonObject), [segment]: changed }
  if (index === undefined || index > node.length + MAX_PADDING) throw noSuchField(segment, whole, node)
  const padding = Array.from({ length: Math.max(0, index - node.length) }, () => null)
  return [...node, ...padding].toSpliced(index, 1, changed)
}

/** The document without the value at `path`; an element of an array becomes null, so that the others keep their place. */
export function removeAt(document: JsonObject, path: Path): JsonObject {
  return removeIn(document, path) as JsonObject
}

function removeIn(node: Json, path: Path): Json {
  const [segment, next, ...rest] = path
  if (isArray(node)) {
    const index = indexOf(segment)
    const old = index === undefined ? undefined : node[index]
    if (index === undefined || old === undefined) return node
    const changed = next === undefined ? null : removeIn(old, [next, ...rest])
    return changed === old ? node : node.with(index, changed)
  }
  const old = isDocument(node) ? fieldOf(node, segment) : undefined
  if (!isDocument(node) || old === undefined) return node
  if (next === undefined) return Object.fromEntries(Object.entries(node).filter(([name]) => name !== segment))
  const changed = removeIn(old, [next, ...rest])
  return changed === old ? node : { ...node, [segment]: changed }
}

function noSuchField(segment: string, path: Path, node: Json): DataApiError {
  return new DataApiError(
    'UNSUPPORTED_UPDATE_OPERATION_PATH',
    `Unsupported update operation path: cannot create field ('${segment}') in path '${path.join('.')}'; ` +
      `only OBJECT nodes have properties (got ${typeName(node)})`,
  )
}
