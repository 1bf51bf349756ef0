/**
 * Glob patterns over keys, as Redis writes them: `*` any text, `?` one character, `[a-z]` and `[^a-z]` one of or none of
 * some characters, a backslash before a character that is meant itself. They match whole keys.
 *
 * Matching goes back only to the last star, so its time is bounded by the product of both lengths, whatever the pattern:
 * no pattern that a user sends can stall a process (Kirk J. Krauss, "Matching Wildcards", 2014).
 */
import { KeyError } from '../base/errors.ts'

/** A compiled glob. */
export interface Glob {
  /** Its canonical text, which compiles to the same glob. */
  readonly text: string
  matches(key: string): boolean
}

type Token =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'one'; readonly character: string }
  | {
      readonly kind: 'class'
      readonly negated: boolean
      readonly ranges: readonly (readonly [from: string, to: string])[]
    }

/** Longer patterns, or ones with more stars, are a list of keys in disguise. */
const MAX_CHARACTERS = 256
const MAX_STARS = 8

/** @throws KeyError (ERR_HOLDFAST_KEY) for a pattern that is too long, or has an unclosed class or a lone backslash */
export function compileGlob(text: string): Glob {
  const tokens = tokensOf(Array.from(text))
  return { text, matches: (key) => match(tokens, Array.from(key)) }
}

function tokensOf(characters: readonly string[]): Token[] {
  if (characters.length > MAX_CHARACTERS)
    throw refused(`has ${characters.length} characters, and up to ${MAX_CHARACTERS} are taken`)
  const tokens: Token[] = []
  let at = 0
  while (at < characters.length) {
    const [token, next] = tokenAt(characters, at)
    // Two stars in a row are one.
    if (token.kind !== 'star' || tokens.at(-1)?.kind !== 'star') tokens.push(token)
    at = next
  }
  if (tokens.filter((token) => token.kind === 'star').length > MAX_STARS)
    throw refused(`has more than ${MAX_STARS} stars`)
  return tokens
}

function tokenAt(characters: readonly string[], at: number): [Token, number] {
  const character = characters[at] ?? ''
  if (character === '*') return [{ kind: 'star' }, at + 1]
  if (character === '?') return [{ kind: 'any' }, at + 1]
  if (character === '[') return classAt(characters, at + 1)
  if (character !== '\\') return [{ kind: 'one', character }, at + 1]
  const escaped = characters[at + 1]
  if (escaped === undefined) throw refused('ends with a lone backslash')
  return [{ kind: 'one', character: escaped }, at + 2]
}

function classAt(characters: readonly string[], start: number): [Token, number] {
  const negated = characters[start] === '^'
  const ranges: [string, string][] = []
  let at = negated ? start + 1 : start
  while (at < characters.length && characters[at] !== ']') {
    if (characters[at] === '\\') at += 1
    const isRange = characters[at + 1] === '-' && characters[at + 2] !== undefined && characters[at + 2] !== ']'
    const from = characters[at]
    const to = isRange ? characters[at + 2] : from
    if (from === undefined || to === undefined) break
    ranges.push(from <= to ? [from, to] : [to, from])
    at += isRange ? 3 : 1
  }
  if (characters[at] !== ']' || ranges.length === 0)
    throw refused('has a [ that is not closed, or closes around nothing')
  return [{ kind: 'class', negated, ranges }, at + 1]
}

function match(tokens: readonly Token[], key: readonly string[]): boolean {
  let token = 0
  let at = 0
  let starToken = -1
  let starAt = 0
  while (at < key.length) {
    const current = tokens[token]
    if (current?.kind === 'star') {
      starToken = token
      starAt = at
      token += 1
    } else if (current && fits(current, key[at] ?? '')) {
      token += 1
      at += 1
    } else if (starToken >= 0) {
      // Let the last star take one character more.
      starAt += 1
      at = starAt
      token = starToken + 1
    } else {
      return false
    }
  }
  return tokens.slice(token).every((rest) => rest.kind === 'star')
}

function fits(token: Token, character: string): boolean {
  if (token.kind === 'any') return true
  if (token.kind === 'one') return token.character === character
  if (token.kind === 'star') return false
  return token.ranges.some(([from, to]) => character >= from && character <= to) !== token.negated
}

function refused(why: string): KeyError {
  return new KeyError(`A pattern is refused: it ${why}`)
}
