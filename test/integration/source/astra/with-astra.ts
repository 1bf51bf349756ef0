import { DataAPIClient, type Collection, type CollectionOptions, type Db, type Fetcher } from '@datastax/astra-db-ts'
import { onTestFinished } from 'vitest'

import { createEmulator, type Emulator, type EmulatorOptions } from '../../../../emulator/src/index.ts'
import { createCache, createRedis, type Cache, type CacheOptions } from '../../../../src/index.ts'
import { createCachingFetcher, type CachingFetcherOptions } from '../../../../src/source/astra/index.ts'
import { nativeFetcher } from '../../../../src/source/astra/native-fetcher.ts'
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
  /** How many commands cached clients sent to the database since the last call of this. */
  readonly commands: () => number
  /** The same, by name, without forgetting. */
  readonly counts: () => Readonly<Record<string, number>>
  readonly plain: Collection<Anything>
  readonly plainDb: Db
  /** Another process of the same fleet. */
  readonly another: (
    options?: Partial<CachingFetcherOptions>,
    token?: string,
    see?: (cache: Cache) => Cache,
  ) => AstraProcess
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

/** A real database, when there are credentials for one: see `npm run test:astra`. */
const real = realDatabase()
const TOKEN = real?.token ?? 'AstraCS:test'

export async function withAstra(redis: TestRedis, options: AstraOptions = {}): Promise<WithEmulator> {
  const emulator = real ? undefined : await createEmulator(options.emulator)
  onTestFinished(() => emulator?.close())
  const url = real?.endpoint ?? emulator?.url ?? ''
  const namespace = uniqueNamespace()
  const plainDb = clientOf(url, TOKEN)
  const plain = await emptied(plainDb, 'things', options.collection)
  await emptied(plainDb, 'others', options.collection)

  const sent = new Map<string, number>()
  const counting: Fetcher = {
    fetch(info) {
      const name = Object.keys(JSON.parse(info.body ?? '{}') as object)[0] ?? ''
      sent.set(name, (sent.get(name) ?? 0) + 1)
      return nativeFetcher.fetch(info)
    },
  }
  const another: Astra['another'] = (fetcher = {}, token = TOKEN, see = (cache) => cache) => {
    const connection = createRedis({ url: redis.url })
    const cache = createCache({ redis: connection, namespace, ...options.cache })
    onTestFinished(async () => {
      await cache.close()
      await connection.close()
    })
    const db = clientOf(url, token, { cache: see(cache), fetcher: counting, ...options.fetcher, ...fetcher })
    return { cache, db, things: db.collection<Anything>('things', options.collection) }
  }
  emulator?.resetCounts()
  return {
    ...another(),
    another,
    plain,
    plainDb,
    emulator: emulator ?? noEmulator,
    counts: () => Object.fromEntries(sent),
    commands() {
      const total = [...sent.values()].reduce((sum, count) => sum + count, 0)
      sent.clear()
      return total
    },
  }
}

const noEmulator = new Proxy({} as Emulator, {
  get() {
    throw new Error('This test needs the emulator: it does not run against a real database')
  },
})

function realDatabase(): { readonly endpoint: string; readonly token: string } | undefined {
  const { ASTRA_DB_API_ENDPOINT: endpoint, ASTRA_DB_APPLICATION_TOKEN: token } = process.env
  return endpoint && token ? { endpoint, token } : undefined
}

async function emptied(db: Db, name: string, options: CollectionOptions = {}): Promise<Collection<Anything>> {
  const collection = await db.createCollection<Anything>(name, options)
  if (real) await collection.deleteMany({})
  return collection
}

function clientOf(url: string, token: string, caching?: CachingFetcherOptions): Db {
  const client = new DataAPIClient({
    environment: 'astra',
    ...(caching && { httpOptions: { client: 'custom' as const, fetcher: createCachingFetcher(caching) } }),
  })
  onTestFinished(() => client.close())
  return client.db(url, { token })
}
