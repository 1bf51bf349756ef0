import { isExactNumber, numberOf } from './exact-number.ts'

/** JSON as it came off the wire. Nothing here is ever changed in place: an update makes a new document. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [field: string]: Json
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The field's own value: a name such as `constructor` is data like any other. */
export function fieldOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** What a message calls the type of a value. */
export function typeName(value: Json): string {
  if (value === null) return 'Null'
  if (isArray(value)) return 'Array'
  if (isExactNumber(value)) return 'Number'
  const name = typeof value
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** Numbers with so many digits, a fraction or an exponent may be more than a JavaScript number. */
const MAYBE_EXACT = /\d{16}|\d[.eE]/

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown

const exactly: Reviver = (_name, value, { source }) =>
  typeof value === 'number' && source !== undefined ? numberOf(source) : value

/** @throws SyntaxError when the text is not JSON */
export function parseJson(text: string): Json {
  return JSON.parse(
    text,
    MAYBE_EXACT.test(text) ? (exactly as (name: string, value: unknown) => unknown) : undefined,
  ) as Json
}
