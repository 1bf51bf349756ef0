import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'

/** What a load was seen to cost. */
export interface LoadCost {
  /** Milliseconds from the loader's call to its end; Infinity for a value that was set, whose making nobody saw. */
  readonly loadMs: number
  /** Bytes of the value as it is stored. */
  readonly bytes: number
  /** Documents or rows the source looked at, when the loader says. @default 0 */
  readonly documents?: number
}

/** How long a value is fresh, in milliseconds, by what its load cost; 0 when it is not worth keeping. */
export type TtlPolicy = (cost: LoadCost) => number

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) for a length of time that is not above zero */
export function resolveTtl(ttl: Duration | TtlPolicy): TtlPolicy {
  if (typeof ttl === 'function') return ttl
  const ms = positiveMs(ttl, 'ttl')
  return () => ms
}

/** A length of time above zero, since an entry that is never fresh would only cost. */
export function positiveMs(duration: Duration, option: string): number {
  const ms = toMs(duration, option)
  if (ms <= 0) throw new ConfigError(`${option} must be longer than zero, got ${JSON.stringify(duration)}`)
  return ms
}
