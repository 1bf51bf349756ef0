import * as v from 'valibot'

import { fillIn, fromText } from './fill-in.ts'
import type { Complaint, Lookup } from './interpolate.ts'
import type { Candidate, Layer } from './layers.ts'
import type { Leaf } from './leaves.ts'
import { show, type Report } from './problems.ts'
import type { Variables } from './variables.ts'

const MASK = '***'

/** A setting with its value, checked. */
export interface Resolved {
  readonly value: unknown
  readonly source: string
  /** The layer it was taken from; 0 wins over all others. */
  readonly level: number
}

/** A setting from the first of `layers` that gives it; undefined, and reported, when what it gives cannot be used. */
export function resolveLeaf(
  leaf: Leaf,
  layers: readonly Layer[],
  variables: Variables,
  report: Report,
): Resolved | undefined {
  const level = layers.findIndex((layer) => layer.has(leaf.path))
  const candidate = layers[level]?.get(leaf.path)
  if (candidate === undefined) return undefined
  const read = readCandidate(leaf, candidate, variables, report)
  if (read === undefined) return undefined

  const { source } = candidate
  const result = v.safeParse(leaf.schema, read.value, { abortPipeEarly: true })
  if (result.success) return { value: result.output, source, level }
  for (const issue of result.issues) {
    // Already told as an unknown key, with a suggestion.
    if (issue.type === 'strict_object' && issue.expected === 'never') continue
    const path = [leaf.path, v.getDotPath(issue)].filter((part) => part !== null).join('.')
    report({ path, what: `${issue.message}, got ${read.shown ?? show(issue.input)}`, source })
  }
  return undefined
}

interface Read {
  readonly value: unknown
  /** How a problem shows it; undefined where it may be shown as it is. */
  readonly shown: string | undefined
}

function readCandidate(leaf: Leaf, candidate: Candidate, variables: Variables, report: Report): Read | undefined {
  const { value, source, form, isShown } = candidate
  if (form === 'missing') return undefined
  const shown = isShown ? undefined : MASK
  if (form === 'value') return { value, shown }
  if (form === 'text') return { value: fromText(leaf.schema, String(value)), shown }

  const filled = fillIn(leaf.schema, value, lookupFor(leaf, variables))
  for (const complaint of filled.complaints) report({ path: leaf.path, source, ...explain(complaint, leaf) })
  if (filled.state === 'incomplete') return undefined
  if (filled.state === 'as written') return { value: filled.value, shown }
  // The template, not the text: a variable may hold a secret though the setting does not.
  return { value: filled.value, shown: isShown && typeof value === 'string' ? show(value) : MASK }
}

function explain({ what, advice, variable }: Complaint, leaf: Leaf): { what: string; advice: string } {
  if (variable === undefined) return { what, advice }
  const names = [variable, ...(leaf.isSecret ? [`${variable}_FILE`] : []), ...leaf.variables]
  return { what, advice: `${advice} ${names.join(' or ')}` }
}

/** Secrets may stand in files, so a setting that asks for one looks for `NAME_FILE` too. */
function lookupFor(leaf: Leaf, variables: Variables): Lookup {
  if (!leaf.isSecret) return (name) => variables.get(name)
  return (name) => {
    const found = variables.read(name)
    return found === undefined ? undefined : (found.text ?? null)
  }
}
