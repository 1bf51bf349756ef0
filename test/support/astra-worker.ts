/**
 * A process with a cached client of its own, driven by a test through messages: it reads and writes documents by id, of a
 * database that other processes read and write too.
 */
import { DataAPIClient } from '@datastax/astra-db-ts'

import { createCache, createRedis } from '../../src/index.ts'
import { createCachingFetcher } from '../../src/source/astra/index.ts'

export type AstraRequest =
  | { readonly id: number; readonly op: 'read'; readonly documents: readonly string[] }
  | { readonly id: number; readonly op: 'write'; readonly document: string; readonly n: number }

export interface AstraReply {
  readonly id: number
  /** Of a read: what each document holds, in their order. Of a write: what its own process reads right after it. */
  readonly values: readonly unknown[]
  /** Reads that this process's cache has answered so far. */
  readonly hits: number
  readonly error?: string
}

const [url = '', namespace = '', endpoint = '', bound = '0'] = process.argv.slice(2)
const redis = createRedis({ url })
const cache = createCache({ redis, namespace, bound: Number(bound) })
const client = new DataAPIClient({
  environment: 'astra',
  httpOptions: { client: 'custom', fetcher: createCachingFetcher({ cache }) },
})
const things = client.db(endpoint, { token: 'AstraCS:test' }).collection<{ _id: string; n: number }>('things')

const read = async (_id: string): Promise<unknown> => (await things.findOne({ _id }))?.n

async function answer(request: AstraRequest): Promise<readonly unknown[]> {
  if (request.op === 'read') return Promise.all(request.documents.map(read))
  const { document, n } = request
  await things.updateOne({ _id: document }, { $set: { n } }, { upsert: true })
  return [await read(document)]
}

process.on('message', (request: AstraRequest) => {
  const send = (reply: Pick<AstraReply, 'values' | 'error'>): void => {
    const { l1, l2 } = cache.stats().hits
    process.send?.({ id: request.id, hits: l1 + l2, ...reply } satisfies AstraReply)
  }
  answer(request).then(
    (values) => send({ values }),
    (error: unknown) => send({ values: [], error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

await redis.ready()
process.send?.({ id: 0, hits: 0, values: [] } satisfies AstraReply)
