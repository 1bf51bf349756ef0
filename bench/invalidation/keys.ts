/** The million keys: a hundred groups of ten thousand, each with a tag and a prefix of its own. */
import type { FilledEntry } from '../parts/entries.ts'

export const NAMESPACE = 'bench'
export const GROUPS = 100
export const KEYS_PER_GROUP = 10_000

export const keyOf = (group: number, item: number): string => `group-${group}:item-${item}`
export const tagOf = (group: number): string => `tag-${group}`
export const prefixOf = (group: number): string => `group-${group}:*`

/** What every reader holds of a group: some keys from all over it. */
export function heldKeys(group: number): readonly string[] {
  return Array.from({ length: 16 }, (_, index) => keyOf(group, index * 601))
}

export function* allEntries(): Iterable<FilledEntry> {
  for (let group = 0; group < GROUPS; group += 1) {
    for (let item = 0; item < KEYS_PER_GROUP; item += 1) {
      const value = { group, item, title: `Item ${item} of group ${group}`, done: false, note: 'x'.repeat(60) }
      yield { key: keyOf(group, item), tags: [tagOf(group)], value }
    }
  }
}
