/**
 * How often a login may be tried: by address, by user and by both. What is counted is attempts, before the password is
 * looked at; a success gives those of the pair back.
 *
 * One number per budget (GCRA): the moment until which its attempts are paid for. It lives no longer than it matters.
 */
import { createHmac } from 'node:crypto'
import { isIPv6 } from 'node:net'

import type { Emitter } from '../base/emitter.ts'
import type { KeyRing } from '../codec/key-ring.ts'
import type { Redis, Script } from '../redis/redis.ts'
import type { Asking } from './asking.ts'
import type { SessionEvent } from './events.ts'
import type { LimitName, ResolvedLimits } from './login-limits.ts'
import type { SessionKeys } from './session-keys.ts'
import { checkUser, currentTag } from './user-tags.ts'

/** Who tries to log in. */
export interface LoginAttempt {
  /** The client's address. Behind a proxy, as the proxy tells it: see `clientAddress()`. */
  readonly address: string
  /** What was typed as the user's name, as it is compared with those of accounts. */
  readonly user: string
}

export type AttemptVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      /** Which limit it is. Not for the response: it would say whether others try the same name. */
      readonly by: LimitName
      readonly retryAfterMs: number
      /** The value of a Retry-After header, in seconds. */
      readonly retryAfter: string
    }

export interface LoginLimiter {
  /** Counts an attempt and says whether it may be made. @throws SessionUnavailableError, SessionInvalidError */
  attempt(attempt: LoginAttempt): Promise<AttemptVerdict>
  /** Forgets the attempts of the pair, after a success. @throws SessionUnavailableError, SessionInvalidError */
  forgive(attempt: LoginAttempt): Promise<void>
}

/**
 * KEYS 1 budget · ARGV 1 cost of an attempt, ms · 2 burst, ms · returns 0, or the ms to wait.
 * The clock is that of Redis, so that processes whose clocks differ share one budget.
 */
const SPEND: Script = {
  name: 'session.attempt',
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local paid = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0')) + ARGV[1]
local wait = paid - now - ARGV[2]
-- A hundredth of a millisecond is rounding, not an attempt.
if wait > 0.01 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', paid), 'PX', math.ceil(paid - now))
return 0
`,
}

const FORGIVE: Script = { name: 'session.forgive', lua: `return redis.call('UNLINK', KEYS[1])` }

const PURPOSE = 'login-attempts'

export interface LoginLimiterDeps {
  readonly redis: Redis
  readonly ring: KeyRing
  readonly keys: SessionKeys
  readonly events: Emitter<SessionEvent>
  readonly ask: Asking
  readonly limits: ResolvedLimits
}

export function createLoginLimiter({ redis, ring, keys, events, ask, limits }: LoginLimiterDeps): LoginLimiter {
  const keyOf = (name: LimitName, { address, user }: LoginAttempt): string => {
    const parts = { address: [networkOf(address)], user: [user], pair: [networkOf(address), user] }[name]
    const tag = createHmac('sha256', ring.sealing(PURPOSE).key).update(JSON.stringify([name, ...parts]))
    return keys.attempts(tag.digest().subarray(0, 16).toString('base64url'))
  }
  return {
    async attempt(attempt) {
      checkUser(attempt.user)
      for (const [name, { costMs, burstMs }] of limits) {
        const waitMs = Number(await ask(SPEND.name, () => redis.run(SPEND, [keyOf(name, attempt)], [costMs, burstMs])))
        if (waitMs === 0) continue
        events.emit({ type: 'attempt-limited', by: name, userTag: currentTag(ring, attempt.user).tag })
        return { allowed: false, by: name, retryAfterMs: waitMs, retryAfter: String(Math.ceil(waitMs / 1000)) }
      }
      return { allowed: true }
    },
    async forgive(attempt) {
      checkUser(attempt.user)
      await ask(FORGIVE.name, () => redis.run(FORGIVE, [keyOf('pair', attempt)], []))
    },
  }
}

/** Whoever has one address of IPv6 has 2^64 of them. An IPv4 address in IPv6 is that IPv4 address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...after]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
