/**
 * A client of the database that caches what it reads of some collections, by itself: for data that is read and written as
 * whole documents by their ids, there is nothing to say of keys and of what a write makes stale. What is put together from
 * several reads, or sent as the text it is kept as, goes through the verbs of the cache instead.
 */
import { DataAPIClient, type Db } from '@datastax/astra-db-ts'
import type { Cache } from 'holdfast'
import { createCachingFetcher } from 'holdfast/astra'

import { cacheTtl } from './cache-ttl.ts'
import type { CollectionName } from './database.ts'

/** What the database goes by in keys and tags: `ttrpg/<keyspace>.<collection>:<id>`. */
const ALIAS = 'ttrpg'

const KEPT = { preferences: { ttl: cacheTtl('user_preferences') } } satisfies Partial<
  Record<CollectionName, { readonly ttl: `${number}s` }>
>

/** What the keys of these collections begin with: the families that their figures are told by. */
export function cachedFamilies({ keyspace }: Pick<Db, 'keyspace'>): readonly string[] {
  return Object.keys(KEPT).map((collection) => `${ALIAS}/${keyspace}.${collection}`)
}

/** Every instance writes to these collections through such a client, or the others do not hear of it. */
export function createCachedClient(cache: Cache): DataAPIClient {
  const fetcher = createCachingFetcher({ cache, alias: ALIAS, only: Object.keys(KEPT), collections: KEPT })
  return new DataAPIClient({ environment: 'astra', httpOptions: { client: 'custom', fetcher } })
}
