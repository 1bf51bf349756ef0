import { DataAPIClient, type Collection, type CollectionOptions, type Db } from '@datastax/astra-db-ts'
import { onTestFinished } from 'vitest'

import { createEmulator, type Emulator, type EmulatorOptions } from '../../../../emulator/src/index.ts'
import { createCache, createRedis, type Cache, type CacheOptions } from '../../../../src/index.ts'
import { createCachingFetcher, type CachingFetcherOptions } from '../../../../src/source/astra/index.ts'
import { uniqueNamespace, type TestRedis } from '../../../support/redis.ts'

/** A document of any shape. */
export type Anything = Record<string, unknown>

/** One process of a fleet: its own cache and client, on a Redis and a database that others share. */
export interface AstraProcess {
  readonly cache: Cache
  readonly db: Db
  readonly things: Collection<Anything>
}

/** Clients with a cache and one without, on one database. */
export interface Astra extends AstraProcess {
  /** How many commands the database was asked since the last call of this. */
  commands(): Promise<number> | number
  readonly plain: Collection<Anything>
  readonly plainDb: Db
  /** Another process of the same fleet. */
  another(options?: Partial<CachingFetcherOptions>, token?: string, see?: (cache: Cache) => Cache): AstraProcess
}

export interface WithEmulator extends Astra {
  readonly emulator: Emulator
}

export interface AstraOptions {
  readonly fetcher?: Partial<CachingFetcherOptions>
  readonly cache?: Partial<CacheOptions>
  readonly emulator?: EmulatorOptions
  readonly collection?: CollectionOptions
}

const TOKEN = 'AstraCS:test'

export async function withAstra(redis: TestRedis, options: AstraOptions = {}): Promise<WithEmulator> {
  const emulator = await createEmulator(options.emulator)
  onTestFinished(() => emulator.close())
  const namespace = uniqueNamespace()
  const plainDb = clientOf(emulator.url, TOKEN)
  const plain = await plainDb.createCollection<Anything>('things', options.collection)
  await plainDb.createCollection<Anything>('others', options.collection)

  const another = (
    fetcher: Partial<CachingFetcherOptions> = {},
    token = TOKEN,
    see = (cache: Cache) => cache,
  ): AstraProcess => {
    const connection = createRedis({ url: redis.url })
    const cache = createCache({ redis: connection, namespace, ...options.cache })
    onTestFinished(async () => {
      await cache.close()
      await connection.close()
    })
    const db = clientOf(emulator.url, token, { cache: see(cache), ...options.fetcher, ...fetcher })
    return { cache, db, things: db.collection<Anything>('things', options.collection) }
  }
  emulator.resetCounts()
  return {
    ...another(),
    another,
    emulator,
    plain,
    plainDb,
    commands() {
      const total = Object.values(emulator.counts()).reduce((sum, count) => sum + count, 0)
      emulator.resetCounts()
      return total
    },
  }
}

function clientOf(url: string, token: string, caching?: CachingFetcherOptions): Db {
  const client = new DataAPIClient({
    environment: 'astra',
    ...(caching && { httpOptions: { client: 'custom' as const, fetcher: createCachingFetcher(caching) } }),
  })
  onTestFinished(() => client.close())
  return client.db(url, { token })
}
