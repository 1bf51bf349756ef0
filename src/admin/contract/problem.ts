/** Errors of the admin API: RFC 9457 problem details with a stable code. */

/** What went wrong, in a word that stays. */
export type ProblemCode =
  | 'bad-request'
  /** What cannot be undone was asked for without the token of a dry run, or without its name typed. */
  | 'confirm-needed'
  | 'unauthenticated'
  | 'forbidden'
  | 'cross-site'
  | 'read-only'
  | 'hidden'
  | 'not-found'
  | 'method-not-allowed'
  /** The request names another deployment's environment. */
  | 'other-environment'
  /** The confirm token is for other targets, of another caller, used before, or too old. */
  | 'confirm-mismatch'
  | 'body-too-large'
  | 'not-json'
  | 'rate-limited'
  | 'internal-error'
  /** The deployment was built without this part: sessions, metrics, alerts. */
  | 'not-available'
  | 'redis-unavailable'

export const STATUS_OF: Readonly<Record<ProblemCode, number>> = {
  'bad-request': 400,
  'confirm-needed': 400,
  unauthenticated: 401,
  forbidden: 403,
  'cross-site': 403,
  'read-only': 403,
  hidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'other-environment': 409,
  'confirm-mismatch': 409,
  'body-too-large': 413,
  'not-json': 415,
  'rate-limited': 429,
  'internal-error': 500,
  'not-available': 501,
  'redis-unavailable': 503,
}

/** The body of every error: `application/problem+json`. */
export interface ProblemBody {
  /** `urn:holdfast:problem:` and the code. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  /** What is wrong, in words for a person. */
  readonly detail: string
  /** Of `bad-request`: what is wrong where. */
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}
