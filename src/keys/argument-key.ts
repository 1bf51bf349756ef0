/**
 * Keys from the arguments of a function: equal arguments give the same key in every process, whatever the order of their
 * properties, and different ones different keys. A long text becomes a SHA-256 of it: 256 bits, so that two users' arguments
 * never meet by chance, as they do with the 32-bit hashes that some libraries use.
 */
import { hash } from 'node:crypto'

import { KeyError } from '../base/errors.ts'

/** Longer texts are hashed; patterns other than the name's prefix do not see inside those. */
const MAX_READABLE = 200
const MAX_DEPTH = 64

/**
 * @param name stands before the arguments; `name:*` is the pattern of all its keys
 * @throws KeyError (ERR_HOLDFAST_KEY) for functions, symbols, class instances and cycles: give a `key` function for those
 */
export function argumentKey(name: string, args: readonly unknown[]): string {
  const text = canonical(withoutTrailingUndefined(args), 0)
  return text.length <= MAX_READABLE ? `${name}:${text}` : `${name}:#${hash('sha256', text, 'base64url')}`
}

// f(1) and f(1, undefined) are the same call.
function withoutTrailingUndefined(args: readonly unknown[]): readonly unknown[] {
  let length = args.length
  while (length > 0 && args[length - 1] === undefined) length -= 1
  return args.slice(0, length)
}

function canonical(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw unusable(`something nested deeper than ${MAX_DEPTH} levels, or a cycle`)
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'number':
      // JSON would make null of NaN and the infinities.
      return String(value)
    case 'bigint':
      return `${value}n`
    case 'undefined':
      return 'undefined'
    case 'object':
      return value === null ? 'null' : canonicalObject(value, depth + 1)
    default:
      throw unusable(`a ${typeof value}`)
  }
}

function canonicalObject(object: object, depth: number): string {
  if (Array.isArray(object)) return `[${object.map((item) => canonical(item, depth)).join()}]`
  if (object instanceof Date) return `Date(${object.getTime()})`
  if (object instanceof Map) {
    return `Map(${[...object]
      .map(([key, value]) => `${canonical(key, depth)}=>${canonical(value, depth)}`)
      .sort()
      .join()})`
  }
  if (object instanceof Set)
    return `Set(${[...object]
      .map((item) => canonical(item, depth))
      .sort()
      .join()})`
  if (object instanceof Uint8Array) return `Bytes(${Buffer.from(object).toString('base64url')})`
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) throw unusable(`an instance of ${object.constructor.name}`)
  const entries = Object.entries(object)
    // A property that is undefined and one that is absent are the same to every reader.
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${canonical(value, depth)}`).join()}}`
}

function unusable(what: string): KeyError {
  return new KeyError(`No key can be made from these arguments, which hold ${what}: give a key function`)
}
