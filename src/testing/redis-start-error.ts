/** Why a server did not start: something else has its port, it ended by itself, it said nothing, it could not be run. */
export type RedisStartFailure = 'port-taken' | 'ended' | 'silent' | 'not-run'

/** A private Redis that did not come up. The message ends with the last it wrote. */
export class RedisStartError extends Error {
  readonly code = 'ERR_HOLDFAST_REDIS_START'
  readonly failure: RedisStartFailure

  constructor(failure: RedisStartFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RedisStartError'
    this.failure = failure
  }
}
