/**
 * Projections. A definition is read into a tree of paths, of one sort: what to include or what to exclude (`$slice`
 * goes with either). Arrays on the way are transparent: what is said of `items.name` holds for every object in `items`.
 * `_id` is included unless it is excluded by name; `{"*": 0}` leaves nothing, not even that.
 */
import { DataApiError } from './errors.ts'
import { isArray, isObject, typeName, type Json, type JsonObject } from './json.ts'
import { parsePath, type Path } from './path.ts'
import { addBranch, type Branch, type Leaf } from './projection-tree.ts'
import { isDocument } from './values.ts'

export type Projection = (document: JsonObject) => JsonObject

/** @throws DataApiError when it is not a projection, or includes some fields and excludes others */
export function parseProjection(definition: Json | undefined): Projection {
  if (definition === undefined || definition === null) return (document) => document
  if (!isObject(definition)) {
    throw new DataApiError(
      'UNSUPPORTED_PROJECTION_DEFINITION',
      `Unsupported projection definition JSON value: must be Object, was ${typeName(definition)}.`,
    )
  }
  const entries = Object.entries(definition)
  const [only] = entries
  if (entries.length === 1 && only?.[0] === '*') return isIncluded('*', only[1]) ? (document) => document : () => ({})
  return fromItems(entries.flatMap(([name, value]) => itemsOf('', name, value)))
}

/** One path of a definition and what is asked of it. */
interface Item {
  readonly name: string
  readonly path: Path
  readonly verb: 'include' | 'exclude' | Leaf
}

function fromItems(items: readonly Item[]): Projection {
  const isId = ({ name }: Item) => name === '_id'
  const fields = items.filter((item) => !isId(item))
  const verbs = new Set(fields.map(({ verb }) => verb).filter((verb) => typeof verb === 'string'))
  if (verbs.size > 1) throw unsupported('cannot include some fields and exclude others')
  const isInclusion = verbs.has('include')
  const hidesId = items.some((item) => isId(item) && item.verb === 'exclude')
  const tree: Branch = { kind: 'branch', fields: new Map() }
  for (const { name, path, verb } of fields) {
    if (!addBranch(tree, path, typeof verb === 'string' ? { kind: 'leaf' } : verb)) {
      throw unsupported(`projection path conflict at '${name}'`)
    }
  }
  if (hidesId !== isInclusion) addBranch(tree, ['_id'], { kind: 'leaf' })
  const apply = isInclusion ? include : exclude
  return (document) => apply(document, tree) as JsonObject
}

function itemsOf(prefix: string, name: string, value: Json): readonly Item[] {
  if (name === '') throw unsupported('empty paths (and path segments) not allowed')
  if (name === '*') throw unsupported("wildcard ('*') only allowed as the only root-level path")
  if (name.startsWith('$')) {
    if (prefix === '') throw unsupported("path cannot start with '$' (no root-level operators)")
    if (name !== '$slice') throw unsupported(`unrecognized projection operator '${name}' (only '$slice' supported)`)
    return [{ name: prefix, path: toPath(prefix), verb: readSlice(prefix, value) }]
  }
  const whole = prefix === '' ? name : `${prefix}.${name}`
  if (isObject(value)) return Object.entries(value).flatMap(([inner, definition]) => itemsOf(whole, inner, definition))
  return [{ name: whole, path: toPath(whole), verb: isIncluded(whole, value) ? 'include' : 'exclude' }]
}

function isIncluded(name: string, value: Json): boolean {
  if (typeof value === 'boolean' || typeof value === 'number') return Boolean(value)
  throw unsupported(`path ('${name}') value must be NUMBER, BOOLEAN or OBJECT, was ${typeName(value)}`)
}

function readSlice(name: string, value: Json): Leaf {
  const [first, second] = isArray(value) ? value : [value]
  if (Number.isInteger(first) && !isArray(value)) {
    const size = first as number
    return { kind: 'slice', start: Math.min(size, 0), length: Math.abs(size) }
  }
  if (isArray(value) && value.length === 2 && Number.isInteger(first) && Number.isInteger(second)) {
    if ((second as number) < 0) throw unsupported(`path ('${name}') second NUMBER of '$slice' MUST be positive`)
    return { kind: 'slice', start: first as number, length: second as number }
  }
  throw unsupported(`path ('${name}') has unsupported parameter for '$slice': only NUMBER or ARRAY with 2 NUMBERs`)
}

function include(value: Json, { fields }: Branch): Json {
  if (isArray(value)) return value.map((element) => include(element, { kind: 'branch', fields }))
  if (!isDocument(value)) return value
  const kept = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    const node = fields.get(name)
    if (node === undefined) return []
    return [[name, node.kind === 'branch' ? include(inner, node) : sliced(inner, node)]]
  })
  return Object.fromEntries(kept)
}

function exclude(value: Json, { fields }: Branch): Json {
  if (isArray(value)) return value.map((element) => exclude(element, { kind: 'branch', fields }))
  if (!isDocument(value)) return value
  const kept = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    const node = fields.get(name)
    if (node === undefined) return [[name, inner]]
    if (node.kind === 'leaf') return []
    return [[name, node.kind === 'branch' ? exclude(inner, node) : sliced(inner, node)]]
  })
  return Object.fromEntries(kept)
}

/** Counted from the end when `start` is negative. */
function sliced(value: Json, leaf: Leaf): Json {
  if (leaf.kind === 'leaf' || !isArray(value)) return value
  const start = leaf.start < 0 ? Math.max(0, value.length + leaf.start) : leaf.start
  return value.slice(start, start + leaf.length)
}

function toPath(text: string): Path {
  const parsed = parsePath(text)
  if ('problem' in parsed) throw unsupported(parsed.problem)
  return parsed.path
}

function unsupported(problem: string): DataApiError {
  return new DataApiError('UNSUPPORTED_PROJECTION_PARAM', `Unsupported projection parameter: ${problem}.`)
}
