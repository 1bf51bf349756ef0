import * as v from 'valibot'

import { settingsSchema } from './schema.ts'

/** One setting: `redis.maxConnections`, and all that follows from the schema and from its path. */
export interface Leaf {
  readonly path: string
  readonly description: string
  /** Its value is never shown. */
  readonly isSecret: boolean
  readonly schema: v.GenericSchema
  /** The variables that give it, the one that wins first. */
  readonly variables: readonly string[]
}

/** Every setting, in the order of the schema. */
export const leaves: readonly Leaf[] = leavesOf(settingsSchema, [])

/** The settings that a resolved configuration holds; `redis.url` has become its parts. */
export const resolvedLeaves: readonly Leaf[] = leaves.filter(({ path }) => path !== 'redis.url')

/** The schema under `optional` and `nullable`. */
export function unwrap(schema: v.GenericSchema): v.GenericSchema {
  return 'wrapped' in schema ? unwrap(schema.wrapped as v.GenericSchema) : schema
}

/** The members of a group of settings, or undefined for a setting. */
export function entriesOf(schema: v.GenericSchema): Readonly<Record<string, v.GenericSchema>> | undefined {
  const inner = unwrap(schema)
  return 'entries' in inner ? (inner.entries as Record<string, v.GenericSchema>) : undefined
}

function leavesOf(schema: v.GenericSchema, keys: readonly string[]): readonly Leaf[] {
  const entries = entriesOf(schema)
  if (entries === undefined) return [leafOf(schema, keys)]
  return Object.entries(entries).flatMap(([key, member]) => leavesOf(member, [...keys, key]))
}

function leafOf(optional: v.GenericSchema, keys: readonly string[]): Leaf {
  const schema = 'wrapped' in optional ? (optional.wrapped as v.GenericSchema) : optional
  const path = keys.join('.')
  const variable = `HOLDFAST_${keys.map((key) => key.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_')}`
  return {
    path,
    description: v.getDescription(schema) ?? '',
    isSecret: 'secret' in v.getMetadata(schema),
    schema,
    // The name that hosting platforms give; the specific one wins where both are set.
    variables: path === 'redis.url' ? [variable, 'REDIS_URL'] : [variable],
  }
}
