/**
 * What the processes do, drawn from a seed: few keys, so that reads, loads and invalidations meet; loads that are quick,
 * slow, or slower than the bound; invalidations by everything that can name a key.
 */
import type { InvalidationTargets } from '../../../src/index.ts'
import type { Seeded } from '../seeded.ts'

export const KEYS = ['a:1:x', 'a:1:y', 'a:2:x', 'b:1:x', 'b:2:z', 'plain'] as const
export type Key = (typeof KEYS)[number]

export const tagsOf = (key: string): string[] => [`tag:${key.length % 2}`, `of:${key}`]

export interface Named {
  readonly text: string
  readonly targets: InvalidationTargets
  readonly keys: readonly Key[]
}

/** One way to invalidate `key`, and all that this reaches. */
export function nameKey(random: Seeded, key: Key): Named {
  const kind = random.pick(['key', 'key', 'key', 'tag', 'own-tag', 'prefix', 'glob', 'all'])
  if (kind === 'tag') {
    const [tag = ''] = tagsOf(key)
    return { text: `tag ${tag}`, targets: { tags: [tag] }, keys: KEYS.filter((other) => tagsOf(other)[0] === tag) }
  }
  if (kind === 'own-tag') return { text: `tag of:${key}`, targets: { tags: [`of:${key}`] }, keys: [key] }
  const [family = '', , last = ''] = key.split(':')
  if (kind === 'prefix' && last !== '') return byPattern(`${family}:*`, (other) => other.startsWith(`${family}:`))
  if (kind === 'glob' && last !== '') return byPattern(`*:${last}`, (other) => other.endsWith(`:${last}`))
  // Seldom: everything is reloaded after it.
  if (kind === 'all' && random.below(4) === 0) return byPattern('*', () => true)
  return { text: `key ${key}`, targets: { keys: [key] }, keys: [key] }
}

function byPattern(pattern: string, reaches: (key: Key) => boolean): Named {
  return { text: `pattern ${pattern}`, targets: { pattern }, keys: KEYS.filter(reaches) }
}

/** How long the source takes to be reached, and to answer. */
export function loadDelays(random: Seeded): { readonly beforeMs: number; readonly afterMs: number } {
  const slow = random.below(100)
  const afterMs = slow < 70 ? random.below(6) : slow < 92 ? random.below(80) : 250 + random.below(300)
  return { beforeMs: random.below(4) === 0 ? random.below(10) : 0, afterMs }
}
