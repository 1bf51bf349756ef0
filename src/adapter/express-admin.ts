/** The admin API for Express: `app.use('/ops/cache', expressAdmin(admin))`. */
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Admin } from '../admin/admin.ts'
import { answerByAdmin } from './node-admin.ts'

/** What Express adds to a request of node:http. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly baseUrl?: string
  readonly body?: unknown
}

/** A middleware that answers every request that reaches it. It reads bodies by itself, and takes one that was read before. */
export function expressAdmin(
  admin: Admin,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request: ExpressRequest, response, next) => {
    const { originalUrl = request.url ?? '/', baseUrl = '', body } = request
    answerByAdmin(admin, request, response, { url: originalUrl, basePath: baseUrl, parsedBody: body }).catch(next)
  }
}
