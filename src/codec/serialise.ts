/**
 * Values to bytes and back. What JSON keeps as it is travels as plain JSON; anything richer (Dates, Maps, Sets, BigInts,
 * Buffers, NaN, −0, undefined inside a value, cycles) travels in devalue's format. A byte of the entry's header says which,
 * so a value that looks like either format's escapes is only ever a value.
 */
import { parse as parseRich, stringify as stringifyRich } from 'devalue'

import { DecodeError, EncodeError } from '../base/errors.ts'

/** How a payload was made. The number is the byte on the wire. */
export const PayloadFormat = { json: 1, rich: 2 } as const
export type PayloadFormat = (typeof PayloadFormat)[keyof typeof PayloadFormat]

export interface Payload {
  readonly format: PayloadFormat
  readonly text: string
}

/** @throws EncodeError (ERR_HOLDFAST_ENCODE) for a function, symbol, class instance, or nesting too deep for the stack */
export function serialise(value: unknown): Payload {
  try {
    return isPlain(value)
      ? { format: PayloadFormat.json, text: JSON.stringify(value) }
      : { format: PayloadFormat.rich, text: stringifyRich(value, reducers) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new EncodeError(`The value cannot be stored: ${reason}`, { cause })
  }
}

/** @throws DecodeError (ERR_HOLDFAST_DECODE) when the text is not what its format says */
export function deserialise({ format, text }: Payload): unknown {
  try {
    return format === PayloadFormat.json ? JSON.parse(text) : parseRich(text, revivers)
  } catch (cause) {
    throw new DecodeError('A stored value cannot be read', { cause })
  }
}

// A cycle is found by its depth: cheaper than remembering what was seen, and devalue takes cycles.
const MAX_PLAIN_DEPTH = 256

/** Whether JSON gives the value back exactly as it is. */
function isPlain(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      if (value === null) return true
      if (depth === MAX_PLAIN_DEPTH) return false
      return Array.isArray(value) ? isPlainArray(value, depth + 1) : isPlainObject(value, depth + 1)
    default:
      return false
  }
}

function isPlainArray(array: readonly unknown[], depth: number): boolean {
  // A hole or a named property would be lost.
  return Object.keys(array).length === array.length && array.every((item) => isPlain(item, depth))
}

function isPlainObject(object: object, depth: number): boolean {
  if (Object.getPrototypeOf(object) !== Object.prototype) return false
  for (const name of Object.keys(object)) {
    if (!isPlain((object as Record<string, unknown>)[name], depth)) return false
  }
  return true
}

// devalue refuses an own `__proto__`, which JSON.parse of a request body produces; such an object travels as its entries.
const reducers = {
  Buffer: (value: unknown) => Buffer.isBuffer(value) && value.toString('base64'),
  OwnProto: (value: unknown) => isRecord(value) && Object.hasOwn(value, '__proto__') && Object.entries(value),
}

const revivers = {
  Buffer: (base64: string) => Buffer.from(base64, 'base64'),
  OwnProto: (entries: readonly (readonly [string, unknown])[]) => {
    const object = {}
    for (const [name, value] of entries) {
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
    }
    return object
  },
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
