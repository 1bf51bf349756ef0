/**
 * What a search or an invalidation means among the keys in Redis. Whatever a caller writes, MATCH begins with the prefix of
 * this namespace's entries: sessions, the log, the audit trail and other namespaces stand under other names, so no pattern
 * can reach them.
 */
import { compileGlob } from '../../keys/glob.ts'
import { parsePattern } from '../../keys/pattern.ts'
import { entryKey, entryPattern } from '../../keys/redis-key.ts'

export interface Matcher {
  /** For SCAN: it lets through what matches, and perhaps more. */
  readonly match: string
  accepts(key: string): boolean
}

/** @throws KeyError (ERR_HOLDFAST_KEY) when the pattern cannot be read */
export function matcherOf(namespace: string, pattern: string): Matcher {
  const parsed = parsePattern(pattern)
  switch (parsed.kind) {
    case 'all':
      return { match: entryPattern(namespace), accepts: () => true }
    case 'prefix':
      return { match: beginningWith(namespace, parsed.prefix), accepts: (key) => key.startsWith(parsed.prefix) }
    case 'glob': {
      const { matches } = compileGlob(parsed.glob)
      return { match: narrowed(namespace, parsed.glob), accepts: matches }
    }
  }
}

/** A pattern that means this text and whatever follows it. */
export function patternOfPrefix(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, String.raw`\$&`)}*`
}

function beginningWith(namespace: string, prefix: string): string {
  return patternOfPrefix(entryKey(namespace, prefix).slice(0, -1)) + '}'
}

/** Braces and percent signs are written otherwise in Redis, so a glob that holds one is narrowed by its plain beginning alone. */
function narrowed(namespace: string, glob: string): string {
  if (!/[{}%[\]\\]/.test(glob)) return `${entryKey(namespace, '').slice(0, -1)}${glob}}`
  const [plain = ''] = /^[^\\*?[\]]*/.exec(glob) ?? []
  return beginningWith(namespace, plain)
}
