import { randomBytes } from 'node:crypto'

import { afterAll, beforeAll, onTestFinished } from 'vitest'

import {
  createKeyRing,
  createRedis,
  createSessions,
  type KeyRing,
  type Redis,
  type Session,
  type SessionEvent,
  type Sessions,
  type SessionsOptions,
} from '../../src/index.ts'
import { sessionRules, startAclRedis, type AclRedis } from './redis-acl.ts'
import type { Admin } from './redis-admin.ts'
import { uniqueNamespace } from './redis.ts'

export interface SessionServer {
  /** Sessions as one process has them, on a connection of its own that ends with the test. */
  open(options?: Partial<SessionsOptions>): Opened
  readonly admin: Admin
  readonly acl: AclRedis
}

export interface Opened {
  readonly sessions: Sessions
  readonly redis: Redis
  readonly ring: KeyRing
  readonly namespace: string
  readonly events: readonly SessionEvent[]
}

/** A Redis for the tests of a file, where sessions are a user that may do nothing more than they must. */
export function sessionServer(): SessionServer {
  let acl: AclRedis | undefined
  const started = (): AclRedis => {
    if (!acl) throw new Error('The Redis of this file starts with its tests: use it inside of one')
    return acl
  }
  beforeAll(async () => {
    acl = await startAclRedis()
    await acl.change('reset', 'on', '>cache-secret', ...sessionRules())
  }, 60_000)
  afterAll(async () => {
    await acl?.stop()
  })
  return {
    get acl() {
      return started()
    },
    get admin() {
      return started().admin
    },
    open: (options = {}) => openSessions({ url: started().url }, options),
  }
}

export function openSessions(
  redisOptions: Parameters<typeof createRedis>[0],
  options: Partial<SessionsOptions> = {},
): Opened {
  const redis = createRedis({ readTimeout: '5s', ...redisOptions })
  onTestFinished(() => redis.close())
  const namespace = options.namespace ?? uniqueNamespace()
  const ring = createKeyRing({ keys: { first: randomBytes(32) } })
  const sessions = createSessions({ redis, keys: ring, namespace, ...options })
  const events: SessionEvent[] = []
  sessions.on((event) => events.push(event))
  return { sessions, redis, ring, namespace, events }
}

/** What a browser sends back of a Set-Cookie header. */
export function cookieOf(setCookie: string | undefined): string {
  return setCookie?.split(';')[0] ?? ''
}

/** Logs a user in as a new browser does; the Cookie header that it sends from then on. */
export async function logIn(sessions: Sessions, user: string, label = ''): Promise<string> {
  const session = await sessions.load(undefined)
  await session.login(user, { label })
  return commitOf(session)
}

/** Commits, and gives the Cookie header that follows from it. */
export async function commitOf(session: Session): Promise<string> {
  const { setCookie } = await session.commit()
  return cookieOf(setCookie)
}
