import type { Cache } from 'holdfast'

import { cacheTtl } from '../cache-ttl.ts'
import type { RunWrite } from '../invalidation.ts'
import { sourceKeys } from './keys.ts'
import type { InsertOutcome, SourceCount, SourceDocument, SourcesRepository } from './repository.ts'

/** Imported sources as the service reads and writes them: reads through the cache, writes that invalidate it. */
export interface Sources {
  counts(): Promise<readonly SourceCount[]>
  idsOf(file: string): Promise<ReadonlySet<string>>
  insert(documents: readonly SourceDocument[]): Promise<InsertOutcome>
}

export interface SourcesDeps {
  readonly repository: SourcesRepository
  readonly cache: Cache
  readonly runWrite: RunWrite
}

export function createSources({ repository, cache, runWrite }: SourcesDeps): Sources {
  const options = { ttl: cacheTtl('database_queries'), tags: [sourceKeys.tag] }
  return {
    counts: () => cache.getOrSet(sourceKeys.counts, () => repository.counts(), options),
    idsOf: (file) => repository.idsOf(file),
    insert: (documents) => runWrite('sources-imported', { by: 'import' }, 'import', () => repository.insert(documents)),
  }
}
