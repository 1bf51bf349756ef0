import * as v from 'valibot'

import { ConfigError } from '../base/errors.ts'
import { parseAddresses } from '../redis/url.ts'
import { interpolate, isTemplate, type Complaint, type Lookup } from './interpolate.ts'
import { entriesOf, unwrap } from './leaves.ts'

/** A value of a file after its variables have been put in. */
export interface Filled {
  readonly value: unknown
  /** Why it could not be filled in. */
  readonly complaints: readonly Complaint[]
  readonly state: 'as written' | 'filled in' | 'incomplete'
}

/** `written` with variables put into every text in it, each then read as its place in `schema` asks. */
export function fillIn(schema: v.GenericSchema, written: unknown, lookup: Lookup): Filled {
  const complaints: Complaint[] = []
  let state: Filled['state'] = 'as written'

  const fill = (schema: v.GenericSchema | undefined, value: unknown): unknown => {
    if (typeof value === 'string' && isTemplate(value)) {
      const { text, complaints: found } = interpolate(value, lookup)
      complaints.push(...found)
      state = text === undefined || state === 'incomplete' ? 'incomplete' : 'filled in'
      return text === undefined || schema === undefined ? text : fromText(schema, text)
    }
    if (Array.isArray(value)) return value.map((item) => fill(itemOf(schema), item))
    if (typeof value !== 'object' || value === null) return value
    const entries = schema === undefined ? undefined : entriesOf(schema)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(entries?.[key], member)]))
  }

  const value = fill(schema, written)
  return { value, complaints, state }
}

/**
 * What a text stands for that comes from a variable, where all is text: a number, true or false, a list of hosts. A text that
 * stands for nothing of the kind is left as it is, for the schema to refuse.
 */
export function fromText(schema: v.GenericSchema, text: string): unknown {
  const inner = unwrap(schema)
  if (inner.type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (inner.type === 'boolean') return text === 'true' || (text === 'false' ? false : text)
  return inner.type === 'array' ? addressesOf(inner, text) : text
}

function addressesOf(list: v.GenericSchema, text: string): unknown {
  const port = entriesOf(itemOf(list) ?? list)?.['port']
  try {
    return parseAddresses(text, Number(port === undefined ? Number.NaN : v.getDefault(port)))
  } catch (error) {
    if (error instanceof ConfigError) return text
    throw error
  }
}

function itemOf(schema: v.GenericSchema | undefined): v.GenericSchema | undefined {
  const list = schema === undefined ? undefined : unwrap(schema)
  return list !== undefined && 'item' in list ? (list.item as v.GenericSchema) : undefined
}
