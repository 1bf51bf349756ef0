import type { JsonAnswer, Session } from 'holdfast'

import { HttpError } from './errors.ts'
import type { Account, RouteRole } from './auth.ts'
import type { RateCategory } from './rate-limits.ts'

/** What a handler is given of a request. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
  /** Whose request it is: by a token, or by the session of the cookie. */
  readonly account: Account | undefined
  /** Of routes that use sessions. */
  readonly session: Session | undefined
  /** The client's address, for limits. */
  readonly address: string
  readonly userAgent: string | undefined
  readonly ifNoneMatch: string | undefined
}

/** One row of the API: the server, the authorisation, the OpenAPI document and the tests read the same table. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `:name` is a parameter. */
  readonly path: string
  readonly role: RouteRole
  /** What it does, in half a sentence. */
  readonly summary: string
  /** What limits it besides the size of its body. */
  readonly limit?: RateCategory
  /** Whether the handler needs the session of the cookie; routes for somebody logged in always have it. */
  readonly session?: true
  /** JSON Schemas of the query's parameters. */
  readonly query?: Readonly<Record<string, object>>
  /** The JSON Schema of the body. */
  readonly body?: object
  /** What it answers besides 200, with problem details; 401, 403 and 429 follow from the role and the limit. */
  readonly problems?: Readonly<Record<number, string>>
  /** Resolves to the JSON of a 200, or to text that is ready to be sent; throws HttpError for anything else. */
  readonly handler: (request: RouteRequest) => Promise<unknown>
}

/** The text of a 200, or of a 304 to whoever has it already. */
export class ReadyJson {
  readonly answer: JsonAnswer

  constructor(answer: JsonAnswer) {
    this.answer = answer
  }
}

/** The text of a document as it is cached. @throws HttpError 404 with `absent` when there is none */
export function documentOr404(answer: JsonAnswer, absent: string): ReadyJson {
  // What is not there is cached as null.
  if (answer.body.length === 4 && answer.body.toString() === 'null') throw new HttpError(404, absent)
  return new ReadyJson(answer)
}

/** The account of a request to a route with a role. */
export function accountOf({ account }: RouteRequest): Account {
  if (!account) throw new HttpError(500, 'The route lets in whom it does not know')
  return account
}

/** The session of a request to a route that uses sessions. @throws HttpError 503 where the service runs without them */
export function sessionOf({ session }: RouteRequest): Session {
  if (!session) throw new HttpError(503, 'This service runs without sessions')
  return session
}

/** A parameter of the path, which the router has made sure is there. */
export function param(request: RouteRequest, name: string): string {
  const value = request.params[name]
  if (value === undefined) throw new HttpError(500, `The route has no parameter ${name}`)
  return value
}
