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
  return new Proxy(new View(request, session) as unknown as ExpressSession, HANDLER as ProxyHandler<never>)
}

/** What a view works with. One object for each request, and one handler for all: most requests look at it once. */
class View {
  readonly #request: object
  readonly #session: Session
  // After regenerate() this view is the session before: what it held can still be read, and goes nowhere.
  #before: Record<string, unknown> | undefined

  constructor(request: object, session: Session) {
    this.#request = request
    this.#session = session
  }

  get data(): Record<string, unknown> {
    return this.#before ?? this.#session.data
  }

  get id(): string | undefined {
    return this.#session.handle
  }

  method(name: string): unknown {
    if (name === 'regenerate' || name === 'destroy') return (done: Done) => settle(this.#end(), done)
    if (name === 'save') return (done?: Done) => settle(this.#save(), done ?? (() => undefined))
    return undefined
  }

  async #end(): Promise<void> {
    const last = structuredClone({ ...this.#session.data })
    await this.#session.logout()
    this.#before = last
    Object.assign(this.#request, { session: viewOf(this.#request, this.#session) })
  }

  async #save(): Promise<void> {
    const user = passportUser(this.#session.data)
    // So that the user's devices are known, and can be logged out from elsewhere.
    if (user !== undefined && user !== this.#session.user) await this.#session.login(user)
    await this.#session.commit()
  }
}

const METHODS = new Set(['regenerate', 'destroy', 'save'])

const HANDLER: ProxyHandler<View> = {
  get(view, name) {
    if (name === 'id') return view.id
    if (typeof name === 'symbol') return undefined
    return METHODS.has(name) ? view.method(name) : view.data[name]
  },
  set: (view, name, value: unknown) => Reflect.set(view.data, name, value),
  has: (view, name) => (typeof name === 'string' && METHODS.has(name)) || Object.hasOwn(view.data, name),
  deleteProperty: (view, name) => Reflect.deleteProperty(view.data, name),
  ownKeys: (view) => Reflect.ownKeys(view.data),
  getOwnPropertyDescriptor: (view, name) => Reflect.getOwnPropertyDescriptor(view.data, name),
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
