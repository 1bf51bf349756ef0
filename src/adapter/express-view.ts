/**
 * A session as the middleware of Express knows one: properties are its data, and three methods take callbacks. It exists for
 * Passport, which wants `regenerate` before a login and `save` after it.
 */
import type { Session } from '../session/session.ts'

type Done = (error?: unknown) => void

/** What `request.session` is. Any other property is a name in the data. */
export interface ExpressSession {
  /** The handle: not the cookie. */
  readonly id: string | undefined
  /** Ends the session; `request.session` is then a new one without data. */
  regenerate(done: Done): void
  /** Ends the session. */
  destroy(done: Done): void
  /** Writes the session now, before a redirect for instance. */
  save(done?: Done): void
  [name: string]: unknown
}

export function viewOf(request: object, session: Session): ExpressSession {
  // After regenerate() this view is the session before: what it held can still be read, and goes nowhere.
  let before: Record<string, unknown> | undefined
  const data = (): Record<string, unknown> => before ?? session.data

  const end = async (): Promise<void> => {
    const last = structuredClone({ ...session.data })
    await session.logout()
    before = last
    Object.assign(request, { session: viewOf(request, session) })
  }
  const save = async (): Promise<void> => {
    const user = passportUser(session.data)
    // So that the user's devices are known, and can be logged out from elsewhere.
    if (user !== undefined && user !== session.user) await session.login(user)
    await session.commit()
  }
  const methods: Readonly<Record<string, unknown>> = {
    regenerate: (done: Done) => settle(end(), done),
    destroy: (done: Done) => settle(end(), done),
    save: (done?: Done) => settle(save(), done ?? (() => undefined)),
  }
  return new Proxy(Object.create(null) as ExpressSession, {
    get(_, name) {
      if (name === 'id') return session.handle
      if (typeof name === 'symbol') return undefined
      return Object.hasOwn(methods, name) ? methods[name] : data()[name]
    },
    set: (_, name, value: unknown) => Reflect.set(data(), name, value),
    has: (_, name) => Object.hasOwn(methods, name) || Object.hasOwn(data(), name),
    deleteProperty: (_, name) => Reflect.deleteProperty(data(), name),
    ownKeys: () => Reflect.ownKeys(data()),
    getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(data(), name),
  })
}

function settle(work: Promise<void>, done: Done): void {
  // Out of the promise, so that what `done` throws is not taken for a failure of the work.
  work.then(
    () => queueMicrotask(done),
    (error: unknown) => queueMicrotask(() => done(error)),
  )
}

/** Whom Passport has logged in, where it keeps an id. */
function passportUser(data: Readonly<Record<string, unknown>>): string | undefined {
  const { passport } = data
  const user: unknown = typeof passport === 'object' && passport !== null ? Reflect.get(passport, 'user') : undefined
  if (typeof user === 'number') return String(user)
  return typeof user === 'string' && user !== '' ? user : undefined
}
