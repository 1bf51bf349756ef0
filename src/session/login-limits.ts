import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'

/** So many attempts within so long; then one more each time its share of that has passed. */
export interface AttemptLimit {
  readonly attempts: number
  readonly per: Duration
}

/** How many logins may be tried, by who tries. `false` for no limit. */
export interface LoginLimits {
  /** From one address; of IPv6, from one /64. @default 20 in '5m' */
  readonly address?: AttemptLimit | false
  /** For one user from one address. @default 5 in '5m' */
  readonly pair?: AttemptLimit | false
  /**
   * For one user from anywhere. Generous, since whoever knows the name can use it up and lock its owner out.
   * @default 100 in '1h'
   */
  readonly user?: AttemptLimit | false
}

export interface ResolvedLimit {
  /** What one attempt costs, in ms of waiting. */
  readonly costMs: number
  /** What may be owed before an attempt is refused. */
  readonly burstMs: number
}

export type LimitName = 'address' | 'pair' | 'user'

/** In the order in which they are asked: one address that floods a user's name must not use up the user's own limit. */
export type ResolvedLimits = readonly (readonly [name: LimitName, limit: ResolvedLimit])[]

const DEFAULTS: Readonly<Record<LimitName, AttemptLimit>> = {
  address: { attempts: 20, per: '5m' },
  pair: { attempts: 5, per: '5m' },
  user: { attempts: 100, per: '1h' },
}
const ORDER: readonly LimitName[] = ['address', 'pair', 'user']

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) when a limit cannot work */
export function resolveLimits(limits: LoginLimits = {}): ResolvedLimits {
  return ORDER.flatMap((name) => {
    const limit = limits[name] ?? DEFAULTS[name]
    return limit === false ? [] : [[name, resolve(limit, `loginLimits.${name}`)] as const]
  })
}

function resolve({ attempts, per }: AttemptLimit, option: string): ResolvedLimit {
  const perMs = toMs(per, `${option}.per`)
  if (!Number.isSafeInteger(attempts) || attempts < 1)
    throw new ConfigError(`${option}.attempts must be a whole number from 1, got ${attempts}`)
  if (perMs < attempts)
    throw new ConfigError(`${option}.per must be at least a millisecond for each attempt, got ${perMs}`)
  return { costMs: perMs / attempts, burstMs: perMs }
}
