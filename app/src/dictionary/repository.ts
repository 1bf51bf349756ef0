import type { Db } from '@datastax/astra-db-ts'

import { openCollection, type Stored } from '../database.ts'
import { searchWords, type Term } from './term.ts'

/** What a statistic needs of each term. */
export type TermFacts = Pick<Term, 'category' | 'source' | 'updated_at'>

/** Where terms are kept. */
export interface DictionaryRepository {
  byId(id: string): Promise<Term | undefined>
  /** The terms in which all of some words begin a word, of one category or of all. */
  withWords(words: readonly string[], category: string | undefined): Promise<readonly Term[]>
  /** Of every term: a walk through the whole collection. */
  facts(): Promise<readonly TermFacts[]>
  /** Adds a term or takes the place of the one with its id. */
  put(term: Term): Promise<void>
  /** False when there is none. */
  remove(id: string): Promise<boolean>
  /** Adds those that are not there; how many. */
  insert(terms: readonly Term[]): Promise<number>
}

type StoredTerm = Stored & Term & { readonly words: readonly string[] }

export function createAstraDictionary(db: Db): DictionaryRepository {
  const collection = openCollection<StoredTerm>(db, 'dictionary')
  return {
    byId: async (id) => withoutWords(await collection.findOne({ _id: id }, { projection: { words: 0 } })),
    async withWords(words, category) {
      const filter = { words: { $all: [...words] }, ...(category !== undefined && { category }) }
      const found = await collection.find(filter, { projection: { words: 0 } }).toArray()
      return found.flatMap((stored) => withoutWords(stored) ?? [])
    },
    async facts() {
      const projection = { category: 1, source: 1, updated_at: 1 } as const
      const found = await collection.find({}, { projection }).toArray()
      return found.map(({ category, source, updated_at }) => ({ category, source, updated_at }))
    },
    async put(term) {
      await collection.findOneAndReplace({ _id: term.id }, storedOf(term), { upsert: true, projection: { _id: 1 } })
    },
    async remove(id) {
      return (await collection.deleteOne({ _id: id })).deletedCount === 1
    },
    async insert(terms) {
      const present = new Set<unknown>()
      for await (const { _id } of collection.find(
        { _id: { $in: terms.map(({ id }) => id) } },
        { projection: { _id: 1 } },
      ))
        present.add(_id)
      const missing = terms.filter(({ id }) => !present.has(id))
      if (missing.length > 0) await collection.insertMany(missing.map(storedOf), { ordered: false })
      return missing.length
    },
  }
}

function storedOf(term: Term): StoredTerm {
  return { _id: term.id, ...term, words: searchWords(term.term) }
}

function withoutWords(stored: Omit<StoredTerm, 'words'> | null): Term | undefined {
  if (!stored) return undefined
  const { _id, ...term } = stored
  return term
}
