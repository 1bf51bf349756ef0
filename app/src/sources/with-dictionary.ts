import type { Dictionary } from '../dictionary/cached.ts'
import { termOfDocument } from '../dictionary/term.ts'
import type { Sources } from './cached.ts'

/** Sources of which the dictionary learns: what an imported document is called, and what it says, becomes a term. */
export function withDictionary(sources: Sources, dictionary: Pick<Dictionary, 'insert'>, nowMs: () => number): Sources {
  return {
    ...sources,
    async insert(documents, by) {
      const outcome = await sources.insert(documents, by)
      const at = new Date(nowMs()).toISOString()
      const terms = documents.flatMap(({ file, document }) => termOfDocument(file, document, at) ?? [])
      const byId = new Map(terms.map((term) => [term.id, term]))
      if (byId.size > 0) await dictionary.insert([...byId.values()])
      return outcome
    },
  }
}
