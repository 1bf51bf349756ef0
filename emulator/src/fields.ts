/**
 * Reads the fields of a command. What a command does not know is refused, as the real service does: a misspelt option
 * would otherwise be an option that does nothing.
 */
import { DataApiError } from './errors.ts'
import { fieldOf, isObject, typeName, type Json, type JsonObject } from './json.ts'

/** @throws DataApiError when it is not an object, or has a field that is not `known` */
export function readFields(value: Json | undefined, what: string, known: readonly string[]): JsonObject {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) {
    throw new DataApiError('REQUEST_STRUCTURE_MISMATCH', `Field '${what}' must be an object, was ${typeName(value)}.`)
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new DataApiError(
      'COMMAND_FIELD_UNKNOWN',
      `Command field '${unknown}' not recognized: '${what}' accepts ${known.join(', ') || 'no fields'}.`,
    )
  }
  return value
}

/** The field, undefined when it is absent or null. */
export function optional(fields: JsonObject, name: string): Json | undefined {
  return fieldOf(fields, name) ?? undefined
}

export function flag(fields: JsonObject, name: string): boolean {
  const value = optional(fields, name)
  if (value === undefined || typeof value === 'boolean') return value === true
  throw invalidValue(name, value, 'must be a Boolean')
}

export function count(fields: JsonObject, name: string): number | undefined {
  const value = optional(fields, name)
  if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value
  throw invalidValue(name, value, 'must be an integer greater than or equal to 0')
}

export function text(fields: JsonObject, name: string): string | undefined {
  const value = optional(fields, name)
  if (value === undefined || typeof value === 'string') return value
  throw invalidValue(name, value, 'must be a String')
}

/** @throws DataApiError when the field is absent */
export function required(fields: JsonObject, name: string): Json {
  const value = optional(fields, name)
  if (value === undefined) throw invalidValue(name, null, 'must not be null')
  return value
}

export function invalidValue(field: string, value: Json, problem: string): DataApiError {
  const shown = JSON.stringify(value)
  return new DataApiError(
    'COMMAND_FIELD_VALUE_INVALID',
    `Command field '${field}' value ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown} not valid: ${problem}.`,
  )
}
