/**
 * What a JSON value means to the Data API. An object with one field `$date`, `$uuid` or `$objectId` is a scalar. Dates
 * are a kind of their own; UUIDs and object ids are indexed as their text, so `{"$uuid": t}` and `t` are equal, in
 * filters and as ids.
 */
import { isExactNumber } from './exact-number.ts'
import { isArray, isObject, type Json, type JsonObject } from './json.ts'

export type Kind = 'missing' | 'null' | 'number' | 'string' | 'object' | 'array' | 'boolean' | 'date'

const patterns: Readonly<Record<string, RegExp>> = {
  $uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  $objectId: /^[0-9a-f]{24}$/i,
}

/** An object's only field, when that field's name marks a value that plain JSON cannot express. */
export interface Extension {
  readonly name: string
  readonly value: Json
}

/** @returns the extension, known or not, when the value is an object with one field that begins with `$` */
export function extensionOf(value: Json | undefined): Extension | undefined {
  if (!isObject(value)) return undefined
  const [entry, second] = Object.entries(value)
  if (entry === undefined || second !== undefined || !entry[0].startsWith('$')) return undefined
  return { name: entry[0], value: entry[1] }
}

/** Why an extension cannot be stored or compared; undefined when it can. */
export function extensionProblem({ name, value }: Extension): string | undefined {
  if (name === '$date') return Number.isSafeInteger(value) ? undefined : '$date value has to be sent as epoch time'
  const pattern = Object.hasOwn(patterns, name) ? patterns[name] : undefined
  if (pattern === undefined) return `unrecognized JSON extension type '${name}'`
  return typeof value === 'string' && pattern.test(value) ? undefined : `invalid value for extended JSON type '${name}'`
}

/** An object that has fields, as opposed to a scalar that is written as an object. */
export function isDocument(value: Json | undefined): value is JsonObject {
  return kindOf(value) === 'object'
}

export function kindOf(value: Json | undefined): Kind {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (isArray(value)) return 'array'
  if (isExactNumber(value)) return 'number'
  if (typeof value !== 'object') return typeof value as 'number' | 'string' | 'boolean'
  const extension = extensionOf(value)
  if (extension === undefined || extensionProblem(extension) !== undefined) return 'object'
  return extension.name === '$date' ? 'date' : 'string'
}

/** The value to compare by: milliseconds for a date, lower-case text for a UUID or an object id. */
export function scalarOf(value: Json): Json {
  const extension = extensionOf(value)
  if (extension === undefined) return value
  return typeof extension.value === 'string' ? extension.value.toLowerCase() : extension.value
}
