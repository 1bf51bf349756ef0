import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import { systemRandom, type Random } from '../base/random.ts'
import { createKeyRing, type KeyRing, type KeyRingOptions } from '../codec/key-ring.ts'
import { checkNamespace } from '../keys/key.ts'
import type { Redis } from '../redis/redis.ts'
import { sessionCookie, type CookieOptions, type SessionCookie } from './cookie.ts'
import { resolveLimits, type LoginLimits, type ResolvedLimits } from './login-limits.ts'

/** What a person writes to make sessions. */
export interface SessionsOptions {
  /** Where sessions are kept: best a server of their own, with `noeviction`. The sessions do not close it. */
  readonly redis: Redis
  /** The keys that seal them, by their ids. */
  readonly keys: KeyRing | KeyRingOptions
  /** Separates applications and environments on one Redis: 1 to 64 of A–Z a–z 0–9 _ -. @default 'app' */
  readonly namespace?: string
  /** A session that nobody uses ends after so long, or up to `touchEvery` sooner. @default '30m' */
  readonly idle?: Duration
  /** A session ends so long after its login, however much it is used. @default '12h' */
  readonly absolute?: Duration
  /** How often at most a process tells Redis that a session is used. Below `idle`. @default '1m', or a third of `idle` */
  readonly touchEvery?: Duration
  /** A login beyond it ends the user's oldest session. @default no limit */
  readonly maxPerUser?: number
  readonly cookie?: CookieOptions
  /**
   * What `load()` does when Redis cannot be asked. `error` rejects, which answers 503; `anonymous` gives a session of
   * nobody that takes no writes. No cookie is set or cleared in either case.
   * @default 'error'
   */
  readonly onUnavailable?: 'error' | 'anonymous'
  /**
   * How many replicas must have the end of a session, by logout or revocation, before it is reported: so many failovers
   * does it survive. With fewer of them in time it rejects with a SessionUnavailableError, and holds on the primary.
   * @default 0
   */
  readonly replicas?: number
  /** Bytes that a session may take in Redis. @default 65_536 */
  readonly maxBytes?: number
  /**
   * What a response to a logout tells the browser to forget, as the value of Clear-Site-Data; `false` for nothing.
   * @default '"cache", "storage"'
   */
  readonly clearSiteData?: string | false
  /** Origins besides the own one whose pages may send requests that change something, such as `https://app.example`. */
  readonly trustedOrigins?: readonly string[]
  /** How many logins may be tried. @default see LoginLimits */
  readonly loginLimits?: LoginLimits
  /** Time, for tests. @default the machine's */
  readonly clock?: Clock
  /** Randomness for pauses, for tests; tokens never come from it. @default the machine's */
  readonly random?: Random
}

export interface ResolvedSessionsOptions {
  readonly redis: Redis
  readonly ring: KeyRing
  readonly namespace: string
  readonly idleMs: number
  readonly absoluteMs: number
  readonly touchEveryMs: number
  /** Undefined for no limit. */
  readonly maxPerUser: number | undefined
  readonly cookie: SessionCookie
  readonly onUnavailable: 'error' | 'anonymous'
  readonly replicas: number
  readonly maxBytes: number
  readonly clearSiteData: string | false
  readonly trustedOrigins: ReadonlySet<string>
  readonly loginLimits: ResolvedLimits
  readonly clock: Clock
  readonly random: Random
}

const MINUTE_MS = 60_000
/** What NIST SP 800-63B allows a login at its lowest level. */
const LONGEST_MS = 30 * 24 * 60 * MINUTE_MS

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) or KeyError (ERR_HOLDFAST_KEY, the namespace) when an option cannot work */
export function resolveSessionsOptions(options: SessionsOptions): ResolvedSessionsOptions {
  const { onUnavailable = 'error', maxPerUser, maxBytes = 65_536, clearSiteData = '"cache", "storage"' } = options
  const idleMs = lifeMs(options.idle ?? '30m', 'idle')
  const absoluteMs = lifeMs(options.absolute ?? '12h', 'absolute')
  if (idleMs > absoluteMs)
    throw new ConfigError(
      `idle must be at most absolute (${absoluteMs} ms), got ${idleMs} ms: a session ends at absolute`,
    )
  const touchEveryMs = toMs(options.touchEvery ?? Math.min(MINUTE_MS, idleMs / 3), 'touchEvery')
  if (touchEveryMs >= idleMs)
    throw new ConfigError(
      `touchEvery must be below idle (${idleMs} ms), or sessions in use would end, got ${touchEveryMs} ms`,
    )
  if (maxPerUser !== undefined) wholeFrom(1, maxPerUser, 'maxPerUser')
  wholeFrom(1024, maxBytes, 'maxBytes')
  if (!['error', 'anonymous'].includes(onUnavailable))
    throw new ConfigError(`onUnavailable must be 'error' or 'anonymous', got ${JSON.stringify(onUnavailable)}`)
  if (clearSiteData !== false && !/^("[A-Za-z*]+"(, )?)+$/.test(clearSiteData))
    throw new ConfigError(`clearSiteData must be false or quoted types such as '"cache", "storage"'`)
  return {
    redis: options.redis,
    ring: isRing(options.keys) ? options.keys : createKeyRing(options.keys),
    namespace: checkNamespace(options.namespace ?? 'app'),
    idleMs,
    absoluteMs,
    touchEveryMs,
    maxPerUser,
    cookie: sessionCookie(options.cookie),
    onUnavailable,
    replicas: wholeFrom(0, options.replicas ?? 0, 'replicas'),
    maxBytes,
    clearSiteData,
    trustedOrigins: new Set((options.trustedOrigins ?? []).map(originOf)),
    loginLimits: resolveLimits(options.loginLimits),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}

function lifeMs(duration: Duration, option: string): number {
  const ms = toMs(duration, option)
  // A life of nothing would be a key without one: Redis takes no zero.
  if (ms >= 1 && ms <= LONGEST_MS) return Math.floor(ms)
  throw new ConfigError(`${option} must be between 1 ms and 30 days, got ${ms} ms`)
}

function originOf(origin: string): string {
  const parsed = URL.canParse(origin) ? new URL(origin).origin : 'null'
  if (parsed === origin) return origin
  throw new ConfigError(`trustedOrigins takes origins such as 'https://app.example', got ${JSON.stringify(origin)}`)
}

function wholeFrom(least: number, number: number, option: string): number {
  if (Number.isSafeInteger(number) && number >= least) return number
  throw new ConfigError(`${option} must be a whole number from ${least}, got ${number}`)
}

function isRing(keys: KeyRing | KeyRingOptions): keys is KeyRing {
  return 'sealing' in keys
}
