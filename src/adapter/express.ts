/**
 * Sessions for Express: a middleware, and a store for those who stay with express-session.
 *
 * `request.session` is what Passport and other middleware of Express know: an object whose properties are the data, with
 * `regenerate(callback)` and `save(callback)`. `sessionOf(request)` is the session itself, with login, devices and the rest.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Session } from '../session/session.ts'
import type { Sessions } from '../session/sessions.ts'
import { viewOf } from './express-view.ts'
import { holdResponse } from './held-response.ts'
import { admit, type SessionHookOptions } from './request-origin.ts'

export { toExpressStore } from './express-store.ts'
export type { ExpressCallback, ExpressStore, ExpressStoreClass } from './express-store.ts'
export type { ExpressSession } from './express-view.ts'
export { expressAdmin } from './express-admin.ts'
export type { SessionHookOptions } from './request-origin.ts'

/** A middleware as Express takes one; it needs nothing of Express but what node:http has. */
export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

const SESSION: unique symbol = Symbol('holdfast session')

/** What the middleware adds to a request, on the request: a WeakMap of all of them costs more than what it would hold. */
interface WithSession extends IncomingMessage {
  [SESSION]?: Session
  session?: unknown
}

/**
 * Gives each request its session, and writes it before the first byte of the response. Errors go to the error handlers of
 * the application, with a `statusCode`: 503 when Redis is away, 403 for a forged request.
 */
export function expressSessions(sessions: Sessions, options: SessionHookOptions = {}): ExpressMiddleware {
  return (request: WithSession, response, next) => {
    admit(sessions, request, options).then((session) => {
      request[SESSION] = session
      request.session = viewOf(request, session)
      holdResponse(response, session, next)
      next()
    }, next)
  }
}

/** The session of a request. @throws TypeError when the middleware has not run */
export function sessionOf(request: IncomingMessage): Session {
  const session = (request as WithSession)[SESSION]
  if (session) return session
  throw new TypeError('This request has no session: app.use(expressSessions(sessions)) before its routes')
}
