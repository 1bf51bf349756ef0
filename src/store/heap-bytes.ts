/**
 * What a value takes on the heap of a 64-bit Node, by a walk through it. JSON's length would not do: an object of numbers
 * takes three times its text, a long text as much as it is long. Estimated are V8's layouts; what is shared between values
 * (shapes, names of properties, texts of one character) belongs to none of them.
 */

const WORD = 8
/** Shape, properties, elements. */
const OBJECT = 3 * WORD
/** The array with its length, and the head of its elements. */
const ARRAY = 4 * WORD + 2 * WORD
/** Shape, hash and length. */
const TEXT = 2 * WORD
/** A number that is no small integer has a box of its own. */
const BOXED = 2 * WORD
const DATE = 12 * WORD
const COLLECTION = 8 * WORD
const COLLECTION_ENTRY = 4 * WORD
const VIEW = 16 * WORD

/** Deeper is not looked: a cycle has no depth, and what is that deep is rare. */
const MAX_DEPTH = 64

/** Bytes that `value` keeps from being freed, without the slot that refers to it. */
export function heapBytes(value: unknown, depth = 0): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value)
    case 'number':
      return isSmallInteger(value) ? 0 : BOXED
    case 'bigint':
      return BOXED + Math.ceil(value.toString(16).length / 2)
    case 'object':
      return value === null || depth === MAX_DEPTH ? 0 : objectBytes(value, depth + 1)
    default:
      return 0
  }
}

function objectBytes(object: object, depth: number): number {
  if (Array.isArray(object)) {
    let bytes = ARRAY + object.length * WORD
    for (const item of object as readonly unknown[]) bytes += heapBytes(item, depth)
    return bytes
  }
  if (ArrayBuffer.isView(object)) return VIEW + object.byteLength
  if (object instanceof ArrayBuffer) return VIEW + object.byteLength
  if (object instanceof Date) return DATE
  if (object instanceof Map || object instanceof Set) {
    let bytes = COLLECTION + object.size * COLLECTION_ENTRY
    for (const [key, item] of object.entries()) {
      bytes += heapBytes(key, depth) + (object instanceof Map ? heapBytes(item, depth) : 0)
    }
    return bytes
  }
  let bytes = OBJECT
  for (const name in object) bytes += WORD + heapBytes((object as Record<string, unknown>)[name], depth)
  return bytes
}

function textBytes(text: string): number {
  if (text.length < 2) return 0
  return TEXT + Math.ceil((text.length * (isLatin1(text) ? 1 : 2)) / WORD) * WORD
}

/** Whether one byte a character is enough. Of a long text the beginning decides: looking costs, and being off does little. */
function isLatin1(text: string): boolean {
  const looked = Math.min(text.length, 64)
  for (let at = 0; at < looked; at += 1) if (text.charCodeAt(at) > 0xff) return false
  return true
}

/** As V8 keeps them without a box: 32 bits. */
function isSmallInteger(number: number): boolean {
  return (number | 0) === number && !Object.is(number, -0)
}
