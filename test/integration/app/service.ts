/**
 * The reference service against a real Redis and the emulator, both of them of one test file, through the real database
 * client. Each instance has a cache, a server and a port of its own, as two processes would.
 */
import { randomBytes } from 'node:crypto'

import { DataAPIClient, type Db } from '@datastax/astra-db-ts'
import { createEmulator } from '@holdfast/emulator'
import { createCache, createRedis, createSessions, type Cache } from 'holdfast'
import { privateRedis } from 'holdfast/testing'

import { createCachedClient } from '../../../app/src/cached-client.ts'
import { createApp, type App, type AppDeps } from '../../../app/src/create-app.ts'
import { ensureCollections } from '../../../app/src/database.ts'
import type { Holdfast } from '../../../app/src/holdfast.ts'

export const ADMIN = 'the-admin-token'
export const USER = 'the-user-token'
export const GUEST = 'the-guest-token'
const AUDIT_KEY = 'the key of the audit trail'

const DATABASE_TOKEN = 'integration'
// The instances of a file share it.
const SESSION_KEY = randomBytes(32)

export interface Instance extends App, AsyncDisposable {
  readonly origin: string
  readonly cache: Cache
  /** What the service reported as its own failures. */
  readonly failures: readonly string[]
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  readonly post: (path: string, body: unknown, token?: string) => Promise<Answer>
  readonly send: (
    method: string,
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly xCache: string | null
  // eslint-disable-next-line typescript/no-explicit-any -- a test says with its expectations what it takes the answer for
  readonly body: any
}

export interface InstanceOptions {
  /** Limits how often a client may call, as in production. @default false */
  readonly limitsRates?: boolean
  /** Has the cache taken for another one, such as one with a part missing. */
  readonly wrapCache?: (cache: Cache) => Cache
  readonly cacheMode?: 'on' | 'off'
}

export interface Backend extends AsyncDisposable {
  readonly redis: Awaited<ReturnType<typeof privateRedis>>
  readonly emulator: Awaited<ReturnType<typeof createEmulator>>
  readonly db: Db
  readonly startInstance: (options?: InstanceOptions) => Promise<Instance>
  /** The service without Holdfast on the same database: what it answers is what the database says. */
  readonly withoutHoldfast: () => App
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
    startInstance: (options) => startInstance(redis.url, { db, endpoint: emulator.url }, options),
    withoutHoldfast: () => appOf({ db, cachedDb: db }, undefined, () => {}),
    async [Symbol.asyncDispose]() {
      await client.close()
      await emulator.close()
      await redis.stop()
    },
  }
}

function appOf(
  databases: Pick<AppDeps, 'db' | 'cachedDb'>,
  holdfast: Holdfast | undefined,
  onFailure: (line: string) => void,
  limitsRates = false,
): App {
  return createApp({
    ...databases,
    holdfast,
    credentials: [
      { token: ADMIN, user: 'ada', id: 'u-ada', role: 'admin' },
      { token: USER, user: 'uma', id: 'u-uma', role: 'user' },
      { token: GUEST, user: 'gus', id: 'u-gus', role: 'guest' },
    ],
    auditKey: AUDIT_KEY,
    limitsRates,
    environment: 'test',
    metricsToken: 'the-token-for-metrics',
    onAlert: () => undefined,
    onFailure: (request, error) => onFailure(`${request}: ${String(error)}`),
  })
}

async function startInstance(
  redisUrl: string,
  { db, endpoint }: { readonly db: Db; readonly endpoint: string },
  { limitsRates = false, wrapCache = (cache) => cache, cacheMode = 'on' }: InstanceOptions = {},
): Promise<Instance> {
  const redis = createRedis({ url: redisUrl })
  const cache = wrapCache(createCache({ redis, namespace: 'app-test', bound: '2s', enabled: cacheMode === 'on' }))
  const sessions = createSessions({
    redis,
    namespace: 'app-test',
    keys: { keys: { test: SESSION_KEY } },
    cookie: { secure: false },
    // Every test comes from one address.
    loginLimits: { address: { attempts: 1000, per: '1m' } },
  })
  const failures: string[] = []
  const client = createCachedClient(cache)
  const cachedDb = client.db(endpoint, { token: DATABASE_TOKEN })
  const app = appOf({ db, cachedDb }, { redis, cache, sessions }, (line) => failures.push(line), limitsRates)
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const origin = app.server.listeningOrigin
  await eventually(
    () => ask(`${origin}/readyz`),
    // Switched off it is never more than degraded.
    ({ body }) => body.status === 'ok' || cacheMode === 'off',
  )
  const send: Instance['send'] = (method, path, body, headers) =>
    ask(origin + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return {
    ...app,
    origin,
    cache,
    failures,
    get: (path, headers = {}) => ask(origin + path, { headers }),
    post: (path, body, token) =>
      send('POST', path, body, token === undefined ? {} : { authorization: `Bearer ${token}` }),
    send,
    async [Symbol.asyncDispose]() {
      await app.server.close()
      await client.close()
      await cache.close()
      await redis.close()
    },
  }
}

/** Sends a request and reads the answer as JSON, or as text when it is none. */
export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = /^application\/(?:problem\+)?json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    xCache: response.headers.get('x-cache'),
    body: isJson && text !== '' ? JSON.parse(text) : text,
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
