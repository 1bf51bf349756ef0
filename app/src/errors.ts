/** One thing wrong with a request, and where. */
export interface ValidationProblem {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input: unknown
}

/** What an error answer says: a sentence, or for a malformed request the list of its problems. */
export type Detail = string | readonly ValidationProblem[]

/** An error that is the answer to a request: thrown by handlers, sent as `{ "detail": … }`. */
export class HttpError extends Error {
  readonly status: number
  readonly detail: Detail
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, detail: Detail, headers: Readonly<Record<string, string>> = {}) {
    super(typeof detail === 'string' ? detail : detail.map((problem) => problem.msg).join('; '))
    this.name = 'HttpError'
    this.status = status
    this.detail = detail
    this.headers = headers
  }
}

/** 422: the request itself cannot be read as what the route takes. */
export function unprocessable(problems: readonly ValidationProblem[]): HttpError {
  return new HttpError(422, problems)
}

/** 404 */
export function notFound(detail: string): HttpError {
  return new HttpError(404, detail)
}
