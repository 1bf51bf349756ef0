/**
 * Sessions for Fastify: `request.session`, written before the response leaves.
 *
 * Its `onSend` hook ends in the same turn when there is nothing to write. When there is, a handler that is async and calls
 * `reply.send()` without returning the reply would have Fastify send twice; so handlers are wrapped to return it.
 */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'

import type { Session } from '../session/session.ts'
import type { Sessions } from '../session/sessions.ts'
import { admit, type SessionHookOptions } from './request-origin.ts'

export { fastifyAdmin } from './fastify-admin.ts'
export type { FastifyAdminOptions } from './fastify-admin.ts'
export type { SessionHookOptions } from './request-origin.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the request. */
    readonly session: Session
  }
}

export interface FastifySessionsOptions extends SessionHookOptions {
  readonly sessions: Sessions
}

const SESSION: unique symbol = Symbol('holdfast session')
const IS_SENDING: unique symbol = Symbol('holdfast sending')

/** What the plugin keeps of a request, on the request: a WeakMap of all of them costs more than what is kept. */
interface WithSession extends FastifyRequest {
  [SESSION]?: Session | undefined
  [IS_SENDING]?: boolean
}

/** `await app.register(fastifySessions, { sessions })`, before the routes. */
export const fastifySessions: FastifyPluginCallback<FastifySessionsOptions> = (app, { sessions, ...options }, done) => {
  // Declared, so that each request has their places from the start.
  app.decorateRequest(SESSION, undefined)
  app.decorateRequest(IS_SENDING, false)
  app.decorateRequest('session', {
    getter(this: WithSession) {
      const session = this[SESSION]
      if (session) return session
      throw new TypeError('This request has no session: register fastifySessions before its routes')
    },
  })
  app.addHook('onRequest', (request: WithSession, _reply, next) => {
    admit(sessions, request, options).then((session) => {
      request[SESSION] = session
      next()
    }, next)
  })
  app.addHook('onSend', (request: WithSession, reply, payload, next) => {
    const session = request[SESSION]
    // The second time it is the answer to a commit that failed.
    const isSecond = request[IS_SENDING]
    request[IS_SENDING] = true
    if (!session || session.settled || isSecond) return next(null, payload)
    session.commit().then(({ headers }) => {
      addHeaders(reply, headers)
      next(null, payload)
    }, next)
  })
  app.addHook('onRoute', (route) => {
    const { handler } = route
    route.handler = function (request: WithSession, reply) {
      const result: unknown = handler.call(this, request, reply)
      return result instanceof Promise
        ? result.then((value: unknown) => (value === undefined && request[IS_SENDING] ? reply : value))
        : result
    }
  })
  done()
}

// What fastify-plugin does: the hooks are for the routes beside the plugin, not only for those inside of it.
Object.assign(fastifySessions, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'holdfast-sessions',
})

function addHeaders(reply: FastifyReply, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    // Fastify keeps several Set-Cookie headers, and one of anything else.
    const before = name === 'vary' ? reply.getHeader('vary') : undefined
    void reply.header(name, before === undefined ? value : `${String(before)}, ${value}`)
  }
}
