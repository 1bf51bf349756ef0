import { STATUS_CODES } from 'node:http'

/** One thing wrong with a request, and where. */
export interface ValidationProblem {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input: unknown
}

/** An error that is the answer to a request: thrown by handlers, sent as problem details (RFC 9457). */
export class HttpError extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly problems: readonly ValidationProblem[]

  constructor(
    status: number,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    problems: readonly ValidationProblem[] = [],
  ) {
    super(detail)
    this.name = 'HttpError'
    this.status = status
    this.headers = headers
    this.problems = problems
  }
}

/** The body of an error answer. */
export interface ProblemDetails {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  /** What is wrong, in a sentence. */
  readonly detail: string
  /** Each thing wrong with a malformed request. */
  readonly errors?: readonly ValidationProblem[]
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export function problemDetails({ status, message, problems }: HttpError): ProblemDetails {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    ...(problems.length > 0 && { errors: problems }),
  }
}

/** 422: the request itself cannot be read as what the route takes. */
export function unprocessable(problems: readonly ValidationProblem[]): HttpError {
  return new HttpError(422, problems.map(({ msg }) => msg).join('; '), {}, problems)
}

/** 404 */
export function notFound(detail: string): HttpError {
  return new HttpError(404, detail)
}
