/**
 * JSON that is safe to read back: bounded in depth, and without the keys that change what an object inherits. Anything
 * else, such as a value a user sent and the application stored whole, could make `isAdmin` true on every object it is
 * copied into.
 */

/** Deeper values break what walks them by recursion, such as JSON.stringify itself. */
const MAX_DEPTH = 64
// JSON.stringify writes letters as they are, so a text without these holds neither name, however it was spelt.
const SUSPECT = /__proto__|"prototype"|\\u00/

/** The value of a JSON text; undefined when it is none, or not a safe one. */
export function parseSafely(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return SUSPECT.test(text) && poisons(value) ? undefined : value
  } catch {
    return undefined
  }
}

/** The JSON text of a value, or undefined when it has none that {@link parseSafely} would take. */
export function writeSafely(value: unknown): string | undefined {
  try {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined || depthOf(text) > MAX_DEPTH) return undefined
    return SUSPECT.test(text) && poisons(JSON.parse(text)) ? undefined : text
  } catch {
    // A cycle, a BigInt, a toJSON() that throws, or nesting that exhausts the stack.
    return undefined
  }
}

/** How deep arrays and objects stand in each other at most, counted without parsing; exact for JSON that may be too deep. */
function depthOf(text: string): number {
  const openings = occurrences(text, '{', occurrences(text, '[', 0))
  // It cannot be deeper than that, and most sessions have few: to look at each character would cost more than parsing.
  if (openings <= MAX_DEPTH) return openings
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1))
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
  }
  return deepest
}

/** How often a character stands in a text, added to `sum`, until it is more than what matters. */
function occurrences(text: string, character: string, sum: number): number {
  let found = sum
  for (let at = text.indexOf(character); at !== -1 && found <= MAX_DEPTH; at = text.indexOf(character, at + 1))
    found += 1
  return found
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

function endOfString(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return at
  }
  return text.length
}

function poisons(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Object.hasOwn(value, '__proto__')) return true
  const inherited: unknown = Object.hasOwn(value, 'constructor') ? Reflect.get(value, 'constructor') : undefined
  if (typeof inherited === 'object' && inherited !== null && Object.hasOwn(inherited, 'prototype')) return true
  return Object.values(value).some(poisons)
}
