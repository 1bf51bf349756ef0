import {
  CollectionInsertManyError,
  DataAPIClient,
  DataAPIResponseError,
  type Collection,
  type Db,
} from '@datastax/astra-db-ts'
import { onTestFinished } from 'vitest'

import { createEmulator, type Emulator, type EmulatorOptions } from '../../../emulator/src/index.ts'

/** A document of any shape, as a client that knows nothing of it sees it. */
export type Anything = Record<string, unknown>

/** The vendor's client, connected to an emulator that ends with the test. */
export interface Connected {
  readonly emulator: Emulator
  readonly db: Db
  /** A collection without options. */
  readonly things: Collection<Anything>
}

export async function withEmulator(options: EmulatorOptions = {}): Promise<Connected> {
  const emulator = await createEmulator(options)
  onTestFinished(() => emulator.close())
  const db = connect(emulator.url)
  const things = await db.createCollection<Anything>('things')
  emulator.resetCounts()
  return { emulator, db, things }
}

/** A client that ends with the test. */
export function connect(url: string, token = 'AstraCS:test'): Db {
  const client = new DataAPIClient({ environment: 'astra' })
  onTestFinished(() => client.close())
  return client.db(url, { token })
}

/** The code of the first error that the Data API answered with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'it succeeded',
    (thrown: unknown) => thrown,
  )
  const answered = answerBehind(error)
  return answered?.errorDescriptors[0]?.errorCode ?? String(error)
}

/** A command of several requests fails with an error that carries the answer's. */
function answerBehind(error: unknown): DataAPIResponseError | undefined {
  const [first] = error instanceof CollectionInsertManyError ? error.errors() : [error]
  if (first instanceof DataAPIResponseError) return first
  return first instanceof Error && first.cause !== undefined ? answerBehind(first.cause) : undefined
}
