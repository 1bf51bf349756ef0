/** The cache's keys and tag of the dictionary. */
export const dictionaryKeys = {
  tag: 'dictionary',
  stats: 'dictionary:stats',
  byId: (id: string) => `dictionary:term:${id}`,
  /** One key for all spellings of a question. */
  search: (words: readonly string[], category: string | undefined) =>
    `dictionary:search:${category ?? 'all'}:${[...words].sort().join('+')}`,
} as const
