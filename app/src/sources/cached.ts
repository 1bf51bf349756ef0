import type { JsonAnswer } from 'holdfast'

import { cacheTtl, nullIfAbsent, queryTtl } from '../cache-ttl.ts'
import type { RunWrite } from '../invalidation.ts'
import { read, readJson, type CachedRead, type ReadThrough } from '../read-through.ts'
import { sourceKeys } from './keys.ts'
import type { InsertOutcome, ReplaceOutcome, SourceCount, SourceDocument, SourcesRepository } from './repository.ts'

/** Imported sources as the service reads and writes them: reads through the cache, writes that invalidate it. */
export interface Sources {
  counts(): Promise<readonly SourceCount[]>
  /** One document as text, `null` when there is none. */
  byIdJson(id: string, ifNoneMatch?: string): Promise<JsonAnswer>
  idsOf(file: string): Promise<ReadonlySet<string>>
  insert(documents: readonly SourceDocument[], by?: string): Promise<InsertOutcome>
  /** Takes the place of the document of its id. */
  replace(document: SourceDocument, by: string): Promise<void>
}

export interface SourcesDeps {
  readonly repository: SourcesRepository
  readonly cache: ReadThrough
  readonly runWrite: RunWrite
}

export function createSources({ repository, cache, runWrite }: SourcesDeps): Sources {
  const counts: CachedRead<readonly SourceCount[]> = {
    key: sourceKeys.counts,
    ttl: queryTtl,
    // Nobody waits for this walk once it was made: past its TTL the last one is shown while it is repeated.
    grace: '1h',
    tags: [sourceKeys.tag],
    load: async (context) => {
      const found = await repository.counts()
      context.cost({ documents: found.reduce((total, { documents }) => total + documents, 0) })
      return found
    },
  }
  const oneOf = (id: string): CachedRead<SourceDocument | null> => ({
    key: sourceKeys.byId(id),
    ttl: cacheTtl('database_queries'),
    load: async (context) => nullIfAbsent(await repository.byId(id), context),
  })
  return {
    counts: () => read(cache, counts),
    byIdJson: (id, ifNoneMatch) => readJson(cache, oneOf(id), ifNoneMatch),
    idsOf: (file) => repository.idsOf(file),
    insert: (documents, by = 'import') =>
      runWrite('sources-imported', { ids: documents.map(({ _id }) => _id) }, by, () => repository.insert(documents)),
    async replace(document, by) {
      const { _id: id } = document
      const happened = (outcome: ReplaceOutcome | undefined) => ({ id, isNew: outcome !== 'replaced' })
      await runWrite('source-replaced', happened, by, () => repository.replace(document))
    },
  }
}
