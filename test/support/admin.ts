import { randomBytes } from 'node:crypto'

import { onTestFinished } from 'vitest'

import { createAdmin, type Admin, type AdminOptions, type AuditRow, type Role } from '../../src/admin/index.ts'
import {
  createCache,
  createKeyRing,
  createRedis,
  createSessions,
  type Cache,
  type CacheOptions,
  type Redis,
  type RedisOptions,
  type Sessions,
} from '../../src/index.ts'
import { uniqueNamespace } from './redis.ts'

export interface Asked {
  readonly method?: string
  /** `null`: nobody is logged in. @default 'admin' */
  readonly as?: Role | null
  readonly user?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** The JSON that was answered; undefined for anything else. */
  readonly body: unknown
  readonly text: string
}

export interface OpenedAdmin {
  readonly admin: Admin
  readonly cache: Cache
  readonly redis: Redis
  readonly sessions: Sessions
  readonly namespace: string
  /** Rows that `onAudit` was told. */
  readonly rows: readonly AuditRow[]
  /** What `onError` was told. */
  readonly errors: readonly unknown[]
  /** Asks as a page of the same origin does. */
  ask(path: string, asked?: Asked): Promise<Answered>
}

export const ENVIRONMENT = { label: 'test', color: '#3366cc' } as const

interface Given {
  readonly redis: RedisOptions
  readonly cache?: Partial<CacheOptions>
  readonly admin?: Partial<AdminOptions>
}

/** An admin API on a real Redis, with sessions; closed with the test. */
export function openAdmin(given: Given): OpenedAdmin {
  const redis = createRedis({ readTimeout: '5s', ...given.redis })
  const namespace = given.cache?.namespace ?? uniqueNamespace()
  const cache = createCache({ redis, namespace, ...given.cache })
  const sessions = createSessions({ redis, namespace, keys: createKeyRing({ keys: { first: randomBytes(32) } }) })
  const rows: AuditRow[] = []
  const errors: unknown[] = []
  const admin = createAdmin({
    cache,
    redis,
    sessions,
    environment: ENVIRONMENT,
    authorize: byHeader,
    onAudit: (row) => rows.push(row),
    onError: (error) => errors.push(error),
    ...given.admin,
  })
  onTestFinished(async () => {
    await admin.close()
    await cache.close()
    await redis.close()
  })
  return { admin, cache, redis, sessions, namespace, rows, errors, ask: (path, asked) => ask(admin, path, asked) }
}

/** Who asks, by two headers: for tests alone. */
export const byHeader: Exclude<AdminOptions['authorize'], string> = (request) => {
  const role = request.headers.get('x-role')
  return role === null ? null : { user: request.headers.get('x-user') ?? 'somebody', role: role as Role }
}

export function requestOf(
  path: string,
  { method, as = 'admin', user = 'ada', body, headers = {} }: Asked = {},
): Request {
  const login = as === null ? {} : { 'x-role': as, 'x-user': user }
  const chosen = method ?? (body === undefined ? 'GET' : 'POST')
  const page = chosen === 'GET' ? {} : { 'sec-fetch-site': 'same-origin' }
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Request(`http://localhost/${path}`, {
    method: chosen,
    headers: { ...login, ...page, ...json, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

async function ask(admin: Admin, path: string, asked?: Asked): Promise<Answered> {
  const response = await admin.fetch(requestOf(path, asked), { remoteAddress: '203.0.113.9' })
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return { status: response.status, headers: response.headers, body: undefined, text: '' }
  }
  const text = await response.text()
  const body: unknown = /^application\/(problem\+)?json/.test(type) && text !== '' ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, body, text }
}

/** A member of what was answered, by its path; undefined where there is none. */
export function at(answered: Answered, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    answered.body,
  )
}
