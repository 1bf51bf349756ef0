/**
 * The label of a key: the name of its family, the part before the colon. Only names that code declared are labels, and only
 * the first hundred: a key is what a stranger may choose, and each label is memory in three programs. All others are `other`.
 */
const OTHER = 'other'

/** Keys whose family is remembered. */
const RECENT_KEYS = 10_000

export interface Names<T> {
  /** What belongs to the key's family. */
  of(key: string): T
  /** All that are kept, by name. */
  entries(): IterableIterator<[string, T]>
  /** How many keys were put under `other` since their family was declared too late to have a label. */
  overflowed(): number
}

export interface NamesOptions<T> {
  readonly make: () => T
  /** Lists of what is declared now, each the same list until it grows; asked when a name is not known. */
  readonly declared: () => readonly (readonly string[])[]
  /** @default 100 */
  readonly cap?: number
}

export function createNames<T>({ make, declared, cap = 100 }: NamesOptions<T>): Names<T> {
  const kept = new Map<string, T>()
  const rest = make()
  // Cutting a name out of a key costs more than counting a hit; hot keys are few, and their text is known by its hash.
  const recent = new Map<string, T>()
  const beyond = new Set<string>()
  let seen: readonly (readonly string[])[] = []
  let overflow = 0
  let moreColons = 0

  const learn = (): boolean => {
    const lists = declared()
    if (lists.every((list, at) => list === seen[at])) return false
    for (const name of lists.flat()) {
      if (kept.has(name)) continue
      if (kept.size < cap) kept.set(name, make())
      else beyond.add(name)
      moreColons = Math.max(moreColons, name.split(':').length - 1)
    }
    seen = [...lists]
    recent.clear()
    return true
  }
  const search = (key: string): T | undefined => {
    let end = key.indexOf(':')
    let found = kept.get(end < 0 ? key : key.slice(0, end))
    // A name may hold colons itself; the longest one is the family.
    for (let more = moreColons; more > 0 && end >= 0; more -= 1) {
      end = key.indexOf(':', end + 1)
      found = kept.get(end < 0 ? key : key.slice(0, end)) ?? found
    }
    return found
  }
  const isBeyond = (key: string): boolean => {
    for (let end = key.indexOf(':'); end >= 0; end = key.indexOf(':', end + 1)) {
      if (beyond.has(key.slice(0, end))) return true
    }
    return beyond.has(key)
  }
  return {
    of(key) {
      const known = recent.get(key)
      if (known !== undefined) return known
      const found = search(key) ?? (learn() ? search(key) : undefined)
      if (found !== undefined) {
        if (recent.size >= RECENT_KEYS) recent.clear()
        recent.set(key, found)
        return found
      }
      if (beyond.size > 0 && isBeyond(key)) overflow += 1
      return rest
    },
    *entries() {
      learn()
      yield* kept
      yield [OTHER, rest]
    },
    overflowed: () => overflow,
  }
}
