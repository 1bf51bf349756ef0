/**
 * Dotted paths. A dot separates segments; `&.` and `&&` stand for a dot and an ampersand within one. A segment names a
 * field of an object or, as a number, an element of an array. A path does not fan out: `items.name` finds nothing in an
 * array of objects, `items.0.name` does.
 */
import { fieldOf, isArray, type Json, type JsonObject } from './json.ts'
import { isDocument } from './values.ts'

export type Path = readonly [string, ...string[]]

const arrayIndex = /^(?:0|[1-9]\d{0,8})$/
const escapeOrSeparator = /&(?:[.&]|)|\./g

/** @returns the segments, or why the text is not a path */
export function parsePath(text: string): { readonly path: Path } | { readonly problem: string } {
  const segments: string[] = []
  let segment = ''
  let from = 0
  for (const { 0: token, index } of text.matchAll(escapeOrSeparator)) {
    segment += text.slice(from, index)
    from = index + token.length
    if (token === '&') return { problem: `'&' must be followed by '.' or '&' in path '${text}'` }
    if (token === '.') segments.push(segment)
    segment = token === '.' ? '' : segment + token.charAt(1)
  }
  const [first, ...rest] = [...segments, segment + text.slice(from)]
  const path: Path = [first, ...rest]
  return path.includes('') ? { problem: `empty segment in path '${text}'` } : { path }
}

/** The value at a path, undefined where there is none. */
export function valueAt(document: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = document
  for (const segment of path) {
    if (isArray(value)) value = value[indexOf(segment) ?? -1]
    else if (isDocument(value)) value = fieldOf(value, segment)
    else return undefined
  }
  return value
}

/** The array index that a segment stands for. */
export function indexOf(segment: string): number | undefined {
  return arrayIndex.test(segment) ? Number(segment) : undefined
}

/** The path of a field within what stands at `path`, which is empty for a document. */
export function childPath(path: readonly string[], name: string): Path {
  const [first, ...rest] = [...path, name]
  return [first, ...rest]
}
