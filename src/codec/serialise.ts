/**
 * Values to bytes and back. What JSON keeps as it is travels as plain JSON; anything richer (Dates, Maps, Sets, BigInts,
 * Buffers, NaN, −0, undefined inside a value, cycles) travels in devalue's format. A byte of the entry's header says which,
 * so a value that looks like either format's escapes is only ever a value.
 */
import { DevalueError } from 'devalue'

import { DecodeError, EncodeError } from '../base/errors.ts'
import { parseRich, stringifyRich } from './rich.ts'

/** How a payload was made. The number is the byte on the wire. */
export const PayloadFormat = { json: 1, rich: 2 } as const
export type PayloadFormat = (typeof PayloadFormat)[keyof typeof PayloadFormat]

export interface Payload {
  readonly format: PayloadFormat
  readonly text: string
}

/**
 * @param maxBytes no longer text is made. JSON writes out what is shared as often as it is met, so thirty arrays that each
 *   hold the one before twice are a billion: such a value is refused after a walk of this length
 * @throws EncodeError (ERR_HOLDFAST_ENCODE) for what would not come back as it is: a function, symbol or class instance,
 * an array with named properties, nesting too deep for the stack; and for a text that is too long
 */
export function serialise(value: unknown, maxBytes: number = MAX_BYTES): Payload {
  const payload = written(value, maxBytes)
  if (payload.text.length > maxBytes || isLonger(payload.text, maxBytes)) throw tooLong(maxBytes)
  return payload
}

function written(value: unknown, maxBytes: number): Payload {
  try {
    return isPlain(value, 0, { left: maxBytes })
      ? { format: PayloadFormat.json, text: JSON.stringify(value) }
      : { format: PayloadFormat.rich, text: stringifyRich(value) }
  } catch (cause) {
    if (cause instanceof TooLong) throw tooLong(maxBytes)
    // devalue's error holds the whole value, which must not reach a log as a cause; its path says where to look.
    if (cause instanceof DevalueError) {
      throw new EncodeError(
        `The value cannot be stored: ${cause.message}${cause.path && ` at ${withoutMapKeys(cause.path)}`}`,
      )
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new EncodeError(`The value cannot be stored: ${reason}`, { cause })
  }
}

/** @throws DecodeError (ERR_HOLDFAST_DECODE) when the text is not what its format says */
export function deserialise({ format, text }: Payload): unknown {
  try {
    return format === PayloadFormat.json ? JSON.parse(text) : parseRich(text)
  } catch {
    // No cause: that of JSON quotes the text, and cached values stay out of logs.
    throw new DecodeError(`A stored value cannot be read: its text is not of format ${format}`)
  }
}

/** Keys of a Map are data, unlike names of properties. */
function withoutMapKeys(path: string): string {
  return path.replace(/\.get\((?:"(?:[^"\\]|\\.)*"|[^)]*)\)/g, '.get(…)')
}

/** A character takes at most three bytes, so most texts need no counting. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes
}

function tooLong(maxBytes: number): EncodeError {
  return new EncodeError(`The value cannot be stored: its text is longer than ${maxBytes} bytes`)
}

class TooLong extends Error {}

const MAX_BYTES = 67_108_864
// A cycle is found by its depth: cheaper than remembering what was seen, and devalue takes cycles.
const MAX_PLAIN_DEPTH = 256

/** How many more bytes the text may have. What is spent is never more than what the text takes. */
interface Budget {
  left: number
}

function spend(budget: Budget, bytes: number): void {
  budget.left -= bytes
  if (budget.left < 0) throw new TooLong()
}

/** Whether JSON gives the value back exactly as it is. @throws TooLong */
function isPlain(value: unknown, depth: number, budget: Budget): boolean {
  switch (typeof value) {
    case 'string':
      spend(budget, value.length + 2)
      return true
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      if (value === null) return true
      if (depth === MAX_PLAIN_DEPTH) return false
      return Array.isArray(value) ? isPlainArray(value, depth + 1, budget) : isPlainObject(value, depth + 1, budget)
    default:
      return false
  }
}

function isPlainArray(array: readonly unknown[], depth: number, budget: Budget): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype || hasSymbols(array)) return false
  // A named property would be lost; unless a hole makes up for it in the count, which is seen by index: it reads as undefined.
  if (Object.keys(array).length !== array.length) return false
  spend(budget, array.length + 1)
  for (let index = 0; index < array.length; index += 1) {
    if (!isPlain(array[index], depth, budget)) return false
  }
  return true
}

function isPlainObject(object: object, depth: number, budget: Budget): boolean {
  if (Object.getPrototypeOf(object) !== Object.prototype || hasSymbols(object)) return false
  const names = Object.keys(object)
  spend(budget, names.length + 1)
  for (const name of names) {
    if (!isPlain((object as Record<string, unknown>)[name], depth, budget)) return false
  }
  return true
}

function hasSymbols(object: object): boolean {
  return Object.getOwnPropertySymbols(object).length > 0
}
