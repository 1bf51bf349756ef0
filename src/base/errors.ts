/**
 * Every error that Holdfast throws. Each carries a stable `code`, the cause where there is one, and a message that says
 * what to look at. A loader's own error is never wrapped: it reaches the caller as it was thrown.
 */

/** The codes of all errors; docs/reference/errors.md lists each with its meaning and what to do. */
export type HoldfastErrorCode =
  | 'ERR_HOLDFAST_CONFIG'
  | 'ERR_HOLDFAST_KEY'
  | 'ERR_HOLDFAST_STORE'
  | 'ERR_HOLDFAST_STORE_TIMEOUT'
  | 'ERR_HOLDFAST_CIRCUIT_OPEN'
  | 'ERR_HOLDFAST_DECODE'
  | 'ERR_HOLDFAST_ENCODE'
  | 'ERR_HOLDFAST_LOADER_TIMEOUT'
  | 'ERR_HOLDFAST_LOAD_FAILED'
  | 'ERR_HOLDFAST_OVERLOADED'
  | 'ERR_HOLDFAST_JOURNAL'
  | 'ERR_HOLDFAST_RULE'
  | 'ERR_HOLDFAST_CLOSED'
  | 'ERR_HOLDFAST_SESSION_UNAVAILABLE'
  | 'ERR_HOLDFAST_SESSION_INVALID'
  | 'ERR_HOLDFAST_SESSION_CONFLICT'
  | 'ERR_HOLDFAST_SESSION_LOGIN_REQUIRED'
  | 'ERR_HOLDFAST_SESSION_FORGED_REQUEST'

/** The base of all errors of this library. Use {@link isHoldfastError} where two copies of the package may meet. */
export abstract class HoldfastError extends Error {
  abstract readonly code: HoldfastErrorCode

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Options that cannot work. Thrown at start-up only; the message names the option, what it got and what it takes. */
export class ConfigError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_CONFIG'
}

/** A key, tag, pattern or namespace that cannot be used. The caller's mistake; nothing was touched. */
export class KeyError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_KEY'
}

/** What went wrong with Redis. A word for metrics and alerts; the message says more. */
export type FailureKind =
  | 'connection'
  | 'timeout'
  | 'circuit-open'
  | 'auth'
  | 'permission'
  | 'tls'
  | 'oom'
  | 'readonly'
  | 'replicas'
  | 'loading'
  | 'cluster'
  | 'script'
  | 'version'
  | 'reply'

/** Redis refused a command or could not be reached. The cache answers such a read from the source. */
export class StoreError extends HoldfastError {
  readonly code: 'ERR_HOLDFAST_STORE' | 'ERR_HOLDFAST_STORE_TIMEOUT' | 'ERR_HOLDFAST_CIRCUIT_OPEN' =
    'ERR_HOLDFAST_STORE'
  readonly failure: FailureKind

  constructor(failure: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
  }
}

/** Redis did not answer within the command's deadline. The command may still have been executed. */
export class StoreTimeoutError extends StoreError {
  override readonly code = 'ERR_HOLDFAST_STORE_TIMEOUT'

  constructor(message: string, options?: ErrorOptions) {
    super('timeout', message, options)
  }
}

/** Redis failed so often that it is left alone for a moment: nothing was sent. */
export class CircuitOpenError extends StoreError {
  override readonly code = 'ERR_HOLDFAST_CIRCUIT_OPEN'

  constructor(message: string, options?: ErrorOptions) {
    super('circuit-open', message, options)
  }
}

/** A stored entry that cannot be read: another version, truncated, or not ours. Such an entry counts as a miss. */
export class DecodeError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_DECODE'
}

/** A value that cannot be stored, such as a function or a class instance. */
export class EncodeError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_ENCODE'
}

/** A loader did not finish within its `timeout`. */
export class LoaderTimeoutError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_LOADER_TIMEOUT'
}

/** The source failed for another process of the fleet, which loaded the value for all that wait; its message is repeated. */
export class LoadFailedError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_LOAD_FAILED'
}

/** As many loads of a source are under way and waiting as its limits allow: this one was not begun. */
export class OverloadedError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_OVERLOADED'
}

/** The file that remembers queued invalidations is damaged or cannot be written. Told by an event; nothing else fails. */
export class JournalError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_JOURNAL'
}

/** An invalidation rule has nothing for an event, failed, or named what cannot be invalidated. */
export class RuleError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_RULE'
}

/** Something was used after its `close()`. */
export class ClosedError extends HoldfastError {
  readonly code = 'ERR_HOLDFAST_CLOSED'
}

/** A session cannot go on. When nobody handles it, Fastify and Express answer `statusCode`, and Hono `getResponse()`. */
export abstract class SessionError extends HoldfastError {
  abstract readonly statusCode: number

  getResponse(): Response {
    return Response.json({ error: this.code }, { status: this.statusCode, headers: { 'cache-control': 'no-store' } })
  }
}

/** Redis could not be asked about a session. Nobody is taken for logged in or logged out; the same cookie works afterwards. */
export class SessionUnavailableError extends SessionError {
  readonly code = 'ERR_HOLDFAST_SESSION_UNAVAILABLE'
  readonly statusCode = 503
}

/** Something that no session can hold, or a user id, label or handle that cannot be one. The caller's mistake. */
export class SessionInvalidError extends SessionError {
  readonly code = 'ERR_HOLDFAST_SESSION_INVALID'
  readonly statusCode = 500
}

/** So many requests wrote to one session at once that this one gave up: nothing of it was written. */
export class SessionConflictError extends SessionError {
  readonly code = 'ERR_HOLDFAST_SESSION_CONFLICT'
  readonly statusCode = 409
}

/** Nobody is logged in, not recently enough, or the login was revoked meanwhile: ask for the credentials. */
export class LoginRequiredError extends SessionError {
  readonly code = 'ERR_HOLDFAST_SESSION_LOGIN_REQUIRED'
  readonly statusCode = 401
}

/** A request that changes something and does not show that it comes from the application's own pages. */
export class ForgedRequestError extends SessionError {
  readonly code = 'ERR_HOLDFAST_SESSION_FORGED_REQUEST'
  readonly statusCode = 403
}

/** Whether `error` is one of Holdfast's, also when it comes from another copy of the package. */
export function isHoldfastError(error: unknown): error is HoldfastError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_HOLDFAST_')
}
