import type * as v from 'valibot'

import { entriesOf, leaves, unwrap } from './leaves.ts'
import type { Report } from './problems.ts'
import { fileSchema } from './schema.ts'
import { nearest } from './suggest.ts'
import type { Variables } from './variables.ts'

/** Variables of ours that are no settings. */
const OTHER_VARIABLES = ['HOLDFAST_CONFIG']

/** Reports whatever stands in a configuration file and is no setting, and groups that are none. */
export function reportUnknownKeys(content: unknown, source: string, report: Report): void {
  walk(fileSchema, content, [])

  function walk(schema: v.GenericSchema, value: unknown, keys: readonly string[]): void {
    const entries = entriesOf(schema)
    if (entries === undefined) return walkItems(schema, value, keys)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const path = keys.length === 0 ? source : keys.join('.')
      return report({ path, what: `must be a group of settings: ${Object.keys(entries).join(', ')}`, source })
    }
    for (const [key, member] of Object.entries(value)) {
      const known = Object.hasOwn(entries, key) ? entries[key] : undefined
      if (known === undefined) reportUnknown([...keys, key], Object.keys(entries))
      else if (member !== undefined) walk(known, member, [...keys, key])
    }
  }

  function walkItems(schema: v.GenericSchema, value: unknown, keys: readonly string[]): void {
    const list = unwrap(schema)
    if (!('item' in list) || !Array.isArray(value)) return
    for (const [index, item] of value.entries()) {
      // An item that is no object is a wrong value, not a wrong name.
      if (typeof item === 'object' && item !== null) walk(list.item as v.GenericSchema, item, [...keys, String(index)])
    }
  }

  function reportUnknown(keys: readonly string[], known: readonly string[]): void {
    const key = keys.at(-1) ?? ''
    const sibling = nearest(key, known)
    const elsewhere = leaves.find(({ path }) => path.endsWith(`.${key}`))?.path
    const meant = sibling ?? elsewhere
    const advice = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`
    report({ path: keys.join('.'), what: 'is not a setting', source, advice })
  }
}

/**
 * Reports variables that are a slip of the pen away from ours. Others that begin with HOLDFAST_ are left alone, since a service
 * may have its own.
 */
export function reportMisspeltVariables(variables: Variables, report: Report): void {
  const names = leaves.flatMap((leaf) => leaf.variables)
  const known = [...names, ...names.map((name) => `${name}_FILE`), ...OTHER_VARIABLES]
  for (const name of variables.names) {
    if (!name.startsWith('HOLDFAST_') || known.includes(name)) continue
    const meant = nearest(name, known, 2)
    if (meant !== undefined) {
      report({ path: name, what: 'is not a setting', source: `env ${name}`, advice: `did you mean ${meant}?` })
    }
  }
}
