import { requireAdmin, type Account } from './auth.ts'
import { HttpError } from './errors.ts'

/** What a handler is given of a request. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly account: Account | undefined
}

/** One row of the API: the server, the authorisation and the tests read the same table. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly role: 'anyone' | 'admin'
  /** Resolves to the JSON of a 200; throws HttpError for anything else. */
  readonly handler: (request: RouteRequest) => Promise<unknown>
}

/** The account of a request to a route whose role is `admin`. */
export function adminOf(request: RouteRequest): Account {
  return requireAdmin(request.account)
}

/** A parameter of the path, which the router has made sure is there. */
export function param(request: RouteRequest, name: string): string {
  const value = request.params[name]
  if (value === undefined) throw new HttpError(500, `The route has no parameter ${name}`)
  return value
}
