import type { JsonAnswer } from 'holdfast'

import { cacheTtl, nullIfAbsent, queryTtl } from '../cache-ttl.ts'
import type { RunWrite } from '../invalidation.ts'
import { read, readJson, type CachedRead, type ReadThrough } from '../read-through.ts'
import { dictionaryKeys } from './keys.ts'
import type { DictionaryRepository } from './repository.ts'
import type { Term, TermBody } from './term.ts'

/** A list answers this many terms at most, so no more are kept of it. */
export const LONGEST_SEARCH = 100

export interface DictionaryStats {
  readonly terms: number
  readonly categories: readonly { readonly category: string; readonly terms: number }[]
  readonly sources: readonly { readonly source: string; readonly terms: number }[]
}

/** What a search found. */
export interface Found {
  readonly terms: readonly Term[]
  /** How many there are, shown or not. */
  readonly total: number
}

/** The dictionary as the service reads and writes it. */
export interface Dictionary {
  byIdJson(id: string, ifNoneMatch?: string): Promise<JsonAnswer>
  /** The terms that hold words beginning with each of `words`. */
  search(words: readonly string[], category: string | undefined): Promise<Found>
  stats(): Promise<DictionaryStats>
  put(id: string, body: TermBody, by: string): Promise<Term>
  /** False when there is no such term. */
  remove(id: string, by: string): Promise<boolean>
  /** Adds those that are not there; how many. */
  insert(terms: readonly Term[]): Promise<number>
}

export interface DictionaryDeps {
  readonly repository: DictionaryRepository
  readonly cache: ReadThrough
  readonly runWrite: RunWrite
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

export function createDictionary({ repository, cache, runWrite, nowMs }: DictionaryDeps): Dictionary {
  const query = { ttl: queryTtl, tags: [dictionaryKeys.tag] }
  const oneOf = (id: string): CachedRead<Term | null> => ({
    key: dictionaryKeys.byId(id),
    ttl: cacheTtl('database_queries'),
    tags: [dictionaryKeys.tag],
    load: async (context) => nullIfAbsent(await repository.byId(id), context),
  })
  const searchFor = (words: readonly string[], category: string | undefined): CachedRead<Found> => ({
    ...query,
    key: dictionaryKeys.search(words, category),
    load: async (context) => {
      const found = await repository.withWords(words, category)
      context.cost({ documents: found.length })
      return { terms: [...found].sort(byTerm).slice(0, LONGEST_SEARCH), total: found.length }
    },
  })
  const stats: CachedRead<DictionaryStats> = {
    ...query,
    key: dictionaryKeys.stats,
    // Nobody waits for this walk once it was made: past its TTL the last one is shown while it is repeated.
    grace: '1h',
    load: async (context) => {
      const facts = await repository.facts()
      context.cost({ documents: facts.length })
      const categories = counted(facts.map(({ category }) => category))
      const sources = counted(facts.map(({ source }) => source))
      return {
        terms: facts.length,
        categories: categories.map(([category, terms]) => ({ category, terms })),
        sources: sources.map(([source, terms]) => ({ source, terms })),
      }
    },
  }
  return {
    byIdJson: (id, ifNoneMatch) => readJson(cache, oneOf(id), ifNoneMatch),
    search: (words, category) => read(cache, searchFor(words, category)),
    stats: () => read(cache, stats),
    async put(id, body, by) {
      const term = { id, ...body, updated_at: new Date(nowMs()).toISOString() }
      await runWrite('dictionary-changed', { id }, by, () => repository.put(term))
      return term
    },
    remove: (id, by) => runWrite('dictionary-changed', { id }, by, () => repository.remove(id)),
    insert: (terms) => runWrite('dictionary-changed', { id: 'import' }, 'import', () => repository.insert(terms)),
  }
}

function byTerm(one: Term, other: Term): number {
  const [first, second] = [`${one.term} ${one.id}`, `${other.term} ${other.id}`]
  return first < second ? -1 : first > second ? 1 : 0
}

/** How often each of some texts is there, the most frequent first. */
function counted(texts: readonly string[]): readonly (readonly [text: string, count: number])[] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1))
}
