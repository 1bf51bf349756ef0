import { compileGlob } from './glob.ts'
import { checkName } from './key.ts'

/** What a pattern means: every key, every key that begins with `prefix`, or every key that a glob matches. */
export type Pattern =
  | { readonly kind: 'all' }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'glob'; readonly glob: string }

/** A key's prefixes count up to this many colons, so that a key full of colons does not cost a lookup for each. */
const MAX_PREFIX_DEPTH = 16

/**
 * Reads a pattern: `*` for everything; a prefix that ends at a colon, such as `requirements:*`, which costs one mark; any
 * other glob (see glob.ts), which every process matches against older entries until it is folded. A backslash makes the
 * next character plain.
 *
 * @throws KeyError (ERR_HOLDFAST_KEY) when it cannot be read
 */
export function parsePattern(pattern: unknown): Pattern {
  const text = checkName('pattern', pattern)
  if (text === '*') return { kind: 'all' }
  const prefix = literalBefore(text)
  if (prefix?.endsWith(':') && colonsIn(prefix) <= MAX_PREFIX_DEPTH) return { kind: 'prefix', prefix }
  return { kind: 'glob', glob: compileGlob(text).text }
}

/** The prefixes of a key that a pattern can name: one for each colon, up to {@link MAX_PREFIX_DEPTH}. */
export function prefixesOf(key: string): string[] {
  const prefixes: string[] = []
  let colon = key.indexOf(':')
  while (colon !== -1 && prefixes.length < MAX_PREFIX_DEPTH) {
    prefixes.push(key.slice(0, colon + 1))
    colon = key.indexOf(':', colon + 1)
  }
  return prefixes
}

/** The plain text before the pattern's final star; undefined when there is none, or a wildcard before it. */
function literalBefore(pattern: string): string | undefined {
  let literal = ''
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]
    if (character === '\\') {
      at += 1
      if (at >= pattern.length) return undefined
      literal += pattern[at]
    } else if (character === '*') {
      return at === pattern.length - 1 ? literal : undefined
    } else if (character === '?' || character === '[') {
      return undefined
    } else {
      literal += character
    }
  }
  return undefined
}

function colonsIn(text: string): number {
  return text.split(':').length - 1
}
