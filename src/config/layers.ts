/**
 * A configuration is written in layers, the one that wins first: arguments, variables, the file's section for the environment,
 * the file, the profile. Each setting is taken whole from the first layer that gives it; a list is never merged.
 */
import { leaves, type Leaf } from './leaves.ts'
import type { Variables } from './variables.ts'

/** A setting as one layer gives it, not yet checked. */
export interface Candidate {
  readonly value: unknown
  readonly source: string
  /**
   * How to read it: `text` stands for a value, as in a variable; `template` has variables put in if it is a text; `value` is
   * itself; `missing` was meant to be given and could not be, which has been reported.
   */
  readonly form: 'text' | 'template' | 'value' | 'missing'
  /** Whether a problem may repeat it. */
  readonly isShown: boolean
}

/** What one layer gives, by path. */
export type Layer = ReadonlyMap<string, Candidate>

/** What the variables give: `HOLDFAST_…` for each setting. */
export function variableLayer(variables: Variables): Layer {
  return new Map(leaves.flatMap((leaf) => fromVariables(leaf, variables)))
}

function fromVariables(leaf: Leaf, variables: Variables): [string, Candidate][] {
  const [found] = leaf.variables.flatMap((name) => variables.read(name) ?? [])
  if (found === undefined) return []
  const form = found.text === undefined ? 'missing' : 'text'
  const isShown = !leaf.isSecret && !found.isFromFile
  return [[leaf.path, { value: found.text, source: found.source, form, isShown }]]
}

/** What a file, a section of it or a profile gives. */
export function writtenLayer(written: unknown, source: string): Layer {
  return new Map(
    leaves.flatMap(({ path, isSecret }): [string, Candidate][] => {
      const value = path.split('.').reduce(memberOf, written)
      return value === undefined ? [] : [[path, { value, source, form: 'template', isShown: !isSecret }]]
    }),
  )
}

/** A layer of values that need no reading. */
export function valueLayer(values: Readonly<Record<string, unknown>>, source: string): Layer {
  return new Map(
    Object.entries(values).map(([path, value]) => [path, { value, source, form: 'value', isShown: false }]),
  )
}

/** `object[key]`, if it is the object's own. */
export function memberOf(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key)
    ? (object as Record<string, unknown>)[key]
    : undefined
}
