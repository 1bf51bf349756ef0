/** Sessions for a server of node:http, without a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http'

import { SessionError } from '../base/errors.ts'
import type { Session } from '../session/session.ts'
import type { Sessions } from '../session/sessions.ts'
import { holdResponse } from './held-response.ts'
import { admit, type SessionHookOptions } from './request-origin.ts'

export { adminListener } from './http-admin.ts'
export type { SessionHookOptions } from './request-origin.ts'

export type SessionHandler = (request: IncomingMessage, response: ServerResponse, session: Session) => unknown

/**
 * A request listener that is handed the session too. What it changes is written before the first byte of the response.
 *
 * A SessionError, from here or from the handler, is answered with its status code; any other error of the handler rejects,
 * as it does for a listener without sessions.
 */
export function withSession(
  sessions: Sessions,
  handler: SessionHandler,
  options: SessionHookOptions = {},
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    try {
      const session = await admit(sessions, request, options)
      holdResponse(response, session, (error) => answer(response, error))
      await handler(request, response, session)
    } catch (error) {
      if (!(error instanceof SessionError) || response.headersSent) throw error
      answer(response, error)
    }
  }
}

function answer(response: ServerResponse, error: unknown): void {
  response.statusCode = error instanceof SessionError ? error.statusCode : 500
  response.setHeader('content-type', 'application/json')
  response.setHeader('cache-control', 'no-store')
  response.end(JSON.stringify({ error: error instanceof SessionError ? error.code : 'ERR_INTERNAL' }))
}
