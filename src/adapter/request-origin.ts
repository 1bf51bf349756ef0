import type { IncomingHttpHeaders } from 'node:http'

import type { RequestOrigin } from '../session/csrf.ts'
import type { Session } from '../session/session.ts'
import type { Sessions } from '../session/sessions.ts'

export interface SessionHookOptions {
  /**
   * Refuses requests that change something and do not come from the application's own pages or a trusted origin.
   * @default true
   */
  readonly checkOrigin?: boolean
}

/** What of a node:http request tells where it comes from. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** The session of a request that may be handled. @throws SessionUnavailableError, ForgedRequestError */
export async function admit(
  sessions: Sessions,
  request: NodeRequest,
  { checkOrigin = true }: SessionHookOptions = {},
): Promise<Session> {
  const session = await sessions.load(request.headers.cookie)
  if (checkOrigin) sessions.checkOrigin(originOf(request, session))
  return session
}

function originOf({ method = 'GET', headers }: NodeRequest, session: Session): RequestOrigin {
  return {
    method,
    fetchSite: first(headers['sec-fetch-site']),
    origin: headers.origin,
    // HTTP/2 has a pseudo-header in its place.
    host: headers.host ?? first(headers[':authority']),
    hasSession: session.handle !== undefined,
  }
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
