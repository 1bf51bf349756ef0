import { inspect } from 'node:util'

import { ConfigError } from './errors.ts'

/** A length of time: milliseconds, or a number with a unit: `'250ms'`, `'2s'`, `'15m'`, `'1h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * The milliseconds of a duration.
 *
 * @param duration what a person wrote
 * @param option the option's name, for the error
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) for anything that is not a finite length of time of zero or more
 */
export function toMs(duration: Duration, option = 'duration'): number {
  const ms = typeof duration === 'number' ? duration : parse(duration)
  if (Number.isFinite(ms) && ms >= 0) return ms
  throw new ConfigError(
    `${option} must be milliseconds or a text such as '250ms', '2s', '15m', '1h' or '7d', got ${inspect(duration, { depth: 0 })}`,
  )
}

function parse(text: unknown): number {
  const match = typeof text === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) : null
  return match ? Number(match[1]) * (MS_PER_UNIT[match[2] ?? ''] ?? Number.NaN) : Number.NaN
}
