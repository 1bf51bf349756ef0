/**
 * The reference service against a real Redis and the emulator, both of them of one test file, through the real database
 * client. Each instance has a cache, a server and a port of its own, as two processes would.
 */
import { DataAPIClient, type Db } from '@datastax/astra-db-ts'
import { createEmulator } from '@holdfast/emulator'
import { createCache, createRedis, type Cache } from 'holdfast'
import { privateRedis } from 'holdfast/testing'

import { createApp, type App } from '../../../app/src/create-app.ts'
import { ensureCollections } from '../../../app/src/database.ts'

export const ADMIN = 'the-admin-token'
export const USER = 'the-user-token'

const DATABASE_TOKEN = 'integration'

export interface Instance extends App, AsyncDisposable {
  readonly origin: string
  readonly cache: Cache
  /** What the service reported as its own failures. */
  readonly failures: readonly string[]
  readonly get: (path: string) => Promise<Answer>
  readonly post: (path: string, body: unknown, token?: string) => Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly xCache: string | null
  // eslint-disable-next-line typescript/no-explicit-any -- a test says with its expectations what it takes the answer for
  readonly body: any
}

export interface Backend extends AsyncDisposable {
  readonly redis: Awaited<ReturnType<typeof privateRedis>>
  readonly emulator: Awaited<ReturnType<typeof createEmulator>>
  readonly db: Db
  readonly startInstance: () => Promise<Instance>
}

export async function startBackend(): Promise<Backend> {
  const redis = await privateRedis()
  const emulator = await createEmulator({ token: DATABASE_TOKEN })
  const client = new DataAPIClient({ environment: 'astra' })
  const db = client.db(emulator.url, { token: DATABASE_TOKEN })
  await ensureCollections(db)
  return {
    redis,
    emulator,
    db,
    startInstance: () => startInstance(redis.url, db),
    async [Symbol.asyncDispose]() {
      await client.close()
      await emulator.close()
      await redis.stop()
    },
  }
}

async function startInstance(redisUrl: string, db: Db): Promise<Instance> {
  const redis = createRedis({ url: redisUrl })
  const cache = createCache({ redis, namespace: 'app-test', bound: '2s' })
  const failures: string[] = []
  const app = createApp({
    db,
    cache,
    credentials: [
      { token: ADMIN, user: 'ada', role: 'admin' },
      { token: USER, user: 'uma', role: 'user' },
    ],
    onFailure: (request, error) => failures.push(`${request}: ${String(error)}`),
  })
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const origin = app.server.listeningOrigin
  await eventually(
    () => ask(`${origin}/readyz`),
    ({ body }) => body.status === 'ok',
  )
  return {
    ...app,
    origin,
    cache,
    failures,
    get: (path) => ask(origin + path),
    post: (path, body, token) =>
      ask(origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      await app.server.close()
      await cache.close()
      await redis.close()
    },
  }
}

/** Sends a request and reads the answer as JSON, or as text when it is none. */
export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return {
    status: response.status,
    headers: response.headers,
    xCache: response.headers.get('x-cache'),
    body: isJson ? JSON.parse(text) : text,
  }
}

/** Asks again until the answer is as wanted; the test's own time limit ends it otherwise. */
export async function eventually<T>(probe: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await probe()
    if (isWanted(value)) return value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A submission of requirements that the schema takes. */
export function requirementsBody(title: string): object {
  const requirement = { id: 'FR-101', title: 'Budget', description: 'Compute the budget', priority: 'high' }
  return {
    title,
    version: '1.2.0',
    description: 'Rules for building encounters',
    requirements: { functional: [requirement], non_functional: [] },
  }
}

/** A submission of a feature request that the schema takes. */
export function featureBody(title: string): object {
  return { title, description: 'A description of some length', priority: 'low', requester: 'uma' }
}
