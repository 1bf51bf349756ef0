/**
 * A store for express-session on these sessions: sealed, with parallel requests merged, and without the race in which a
 * request that was under way brings a session back after its logout. express-session keeps its own cookie and its ids.
 *
 * It remembers which record a session object came from. One that came from a record is written on top of it or, when it has
 * ended, not at all; one that express-session made is created.
 */
import type { SessionRecord } from '../session/records.ts'
import type { Sessions } from '../session/sessions.ts'

export type ExpressCallback = (error?: unknown, session?: unknown) => void

/** The class `session.Store` of express-session, as far as it matters here. */
export type ExpressStoreClass = abstract new () => {
  createSession(request: never, session: never): object
}

/** What express-session asks of a store. */
export interface ExpressStore {
  get(id: string, done: ExpressCallback): void
  set(id: string, session: object, done?: ExpressCallback): void
  touch(id: string, session: object, done?: ExpressCallback): void
  destroy(id: string, done?: ExpressCallback): void
}

/**
 * @param sessions whose `idle` and `absolute` hold; `cookie` and `maxPerUser` do not apply
 * @param Store `session.Store` of express-session
 */
export function toExpressStore<Base extends ExpressStoreClass>(
  sessions: Sessions,
  Store: Base,
): InstanceType<Base> & ExpressStore {
  const { records } = sessions
  // Of what get() answered, and of the session objects that express-session makes of it.
  const origins = new WeakMap<object, SessionRecord>()

  const found = async (id: string): Promise<object | null> => {
    const record = await records.read(id)
    if (!record) return null
    const session = { ...record.data, cookie: livingCookie(record) }
    origins.set(session, record)
    return session
  }
  const save = async (id: string, session: object): Promise<void> => {
    const data = JSON.parse(JSON.stringify(session)) as Record<string, unknown>
    const origin = origins.get(session)
    const record = origin ? await records.write(origin, data) : await records.create(id, data)
    if (record) origins.set(session, record)
  }

  class HoldfastStore extends (Store as ExpressStoreClass) implements ExpressStore {
    get(id: string, done: ExpressCallback): void {
      found(id).then((session) => done(null, session), done)
    }

    set(id: string, session: object, done: ExpressCallback = () => undefined): void {
      save(id, session).then(() => done(null), done)
    }

    // Reading it has let it live on.
    touch(_id: string, _session: object, done: ExpressCallback = () => undefined): void {
      done(null)
    }

    destroy(id: string, done: ExpressCallback = () => undefined): void {
      records.end(id).then(() => done(null), done)
    }

    override createSession(request: never, session: never): object {
      const origin = origins.get(session)
      const made = super.createSession(request, session)
      if (origin) origins.set(made, origin)
      return made
    }
  }
  return new HoldfastStore() as InstanceType<Base> & ExpressStore
}

/** The stored cookie, expiring when the record does: what was written into it may be long past. */
function livingCookie({ data, expiresMs }: SessionRecord): object {
  const cookie = typeof data['cookie'] === 'object' && data['cookie'] !== null ? data['cookie'] : {}
  const isKept = typeof Reflect.get(cookie, 'originalMaxAge') === 'number'
  return { ...cookie, ...(isKept && { expires: new Date(expiresMs).toISOString() }) }
}
