/** Sessions for Hono: `c.get('session')`, written before the response leaves. */
import type { MiddlewareHandler } from 'hono'

import type { Session } from '../session/session.ts'
import type { Sessions } from '../session/sessions.ts'
import { admit, type SessionHookOptions } from './request-origin.ts'

export { honoAdmin } from './hono-admin.ts'
export type { SessionHookOptions } from './request-origin.ts'

/** `new Hono<SessionEnv>()` knows the type of `c.get('session')`. */
export interface SessionEnv {
  Variables: { session: Session }
}

/** `app.use(honoSessions(sessions))`, before the routes. Errors go to `app.onError`. */
export function honoSessions(sessions: Sessions, options: SessionHookOptions = {}): MiddlewareHandler<SessionEnv> {
  return async (context, next) => {
    const { method } = context.req
    const headers = context.req.header()
    const host = headers['host'] ?? new URL(context.req.url).host
    const session = await admit(sessions, { method, headers: { ...headers, host } }, options)
    context.set('session', session)
    await next()
    const committed = await session.commit()
    for (const [name, value] of Object.entries(committed.headers))
      context.header(name, value, { append: name === 'set-cookie' || name === 'vary' })
  }
}
