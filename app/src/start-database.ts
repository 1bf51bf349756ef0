import {
  DataAPIClient,
  DataAPIHttpError,
  DataAPIResponseError,
  DataAPITimeoutError,
  type Db,
} from '@datastax/astra-db-ts'
import type { Cache } from 'holdfast'

import { createCachedClient } from './cached-client.ts'
import { databaseReason, ensureCollections } from './database.ts'
import type { DatabaseOptions } from './options.ts'
import type { Shutdown } from './shutdown.ts'
import { StartError } from './start-error.ts'

/** A database that answers and has the service's collections. */
export interface StartedDatabase {
  readonly db: Db
  /** The same through a client that caches by itself; `db` where there is no cache. */
  readonly cachedDb: Db
  /** Where it is, without secrets. */
  readonly place: string
  /** Whether it is new and empty, so that nothing cached earlier can be about it. */
  readonly isNew: boolean
  /** Of an emulator that was started here, for another instance. */
  readonly emulator: { readonly endpoint: string; readonly token: string } | undefined
}

const EMULATOR_TOKEN = 'emulator'

/** @throws StartError when the database cannot be reached, or refuses the token */
export async function startDatabase(
  options: DatabaseOptions,
  cache: Cache | undefined,
  shutdown: Shutdown,
): Promise<StartedDatabase> {
  const isNew = options.kind === 'emulator'
  const { endpoint, token, keyspace, place } = isNew
    ? await startEmulator(options.latencyMs, shutdown)
    : { ...options, place: new URL(options.endpoint).origin }
  const client = new DataAPIClient({ environment: 'astra' })
  shutdown.add('the database client', () => client.close())
  const cachedClient = cache && createCachedClient(cache)
  shutdown.add('the caching database client', async () => cachedClient?.close())
  const access = { token, ...(keyspace && { keyspace }) }
  const db = client.db(endpoint, access)
  try {
    await ensureCollections(db)
  } catch (cause) {
    throw new StartError(sentenceFor(cause, place), { cause })
  }
  return {
    db,
    cachedDb: cachedClient?.db(endpoint, access) ?? db,
    place,
    isNew,
    emulator: isNew ? { endpoint, token } : undefined,
  }
}

async function startEmulator(
  latencyMs: number,
  shutdown: Shutdown,
): Promise<{ endpoint: string; token: string; keyspace: undefined; place: string }> {
  const { createEmulator } = await import('@holdfast/emulator')
  const emulator = await createEmulator({ latencyMs, token: EMULATOR_TOKEN })
  shutdown.add('the emulator', () => emulator.close())
  const place = `${emulator.url} (emulator of the Data API, in memory, answers after ${latencyMs} ms)`
  return { endpoint: emulator.url, token: EMULATOR_TOKEN, keyspace: undefined, place }
}

function sentenceFor(error: unknown, place: string): string {
  if (error instanceof DataAPITimeoutError) return `The database at ${place} did not answer in time`
  if (error instanceof DataAPIHttpError && error.status === 404) {
    return `There is no Data API at ${place}: is ASTRA_DB_API_ENDPOINT right?`
  }
  if (error instanceof DataAPIHttpError) return `The database at ${place} answered with HTTP status ${error.status}`
  if (error instanceof DataAPIResponseError) {
    const refused = error.errorDescriptors.some(({ errorCode }) => /AUTH|TOKEN/.test(errorCode))
    if (refused) return `The database at ${place} refused the token in ASTRA_DB_APPLICATION_TOKEN`
    return `The database at ${place} refused to start: ${databaseReason(error)}`
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `The host of ${place} cannot be found: is ASTRA_DB_API_ENDPOINT right?`
  }
  if (code === 'ECONNREFUSED') return `Nothing listens at ${place}: is ASTRA_DB_API_ENDPOINT right?`
  return `The database at ${place} cannot be reached: ${databaseReason(error)}`
}
