/**
 * How often one client may call what writes or is dear: so many in a minute, shared by all instances. What is counted is one
 * number in Redis for each client and category (GCRA): the moment until which its requests are paid for. Reads that the cache
 * answers have no limit here, since asking Redis for one would cost more than the answer.
 *
 * It fails open: while Redis is away each process counts for itself.
 */
import { createHash } from 'node:crypto'

import type { Redis, Script } from 'holdfast'

import { HttpError } from './errors.ts'

/** Requests in a minute, by category. Logins have limits of their own, in the sessions. */
const PER_MINUTE = { auth: 20, write: 100, admin: 1000, upload: 10 } as const

export type RateCategory = keyof typeof PER_MINUTE

/** Counts a request. @throws HttpError 429 that says when to come back */
export type LimitRate = (category: RateCategory, address: string) => Promise<void>

const MINUTE_MS = 60_000

/**
 * KEYS 1 budget · ARGV 1 cost of a request, ms · 2 burst, ms · returns 0, or the ms to wait.
 * The clock is that of Redis, so that instances whose clocks differ share one budget.
 */
const SPEND: Script = {
  name: 'app.rate-limit',
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local paid = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0')) + ARGV[1]
local wait = paid - now - ARGV[2]
if wait > 0.01 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', paid), 'PX', math.ceil(paid - now))
return 0
`,
}

export interface RateLimitDeps {
  readonly redis: Pick<Redis, 'run'> | undefined
  /** Separates environments on one Redis, and these keys from everything that a cache may invalidate. */
  readonly namespace: string
  /** Milliseconds of a clock that only rises. */
  readonly monoMs: () => number
}

/** Clients that one process counts at most while Redis is away; beyond it, it forgets the ones it saw first. */
const MOST_CLIENTS = 10_000

export function createRateLimits({ redis, namespace, monoMs }: RateLimitDeps): LimitRate {
  const paidUntilMs = new Map<string, number>()

  const spendHere = (key: string, costMs: number): number => {
    const now = monoMs()
    const paid = Math.max(now, paidUntilMs.get(key) ?? 0) + costMs
    const waitMs = paid - now - MINUTE_MS
    if (waitMs > 0.01) return waitMs
    paidUntilMs.delete(key)
    paidUntilMs.set(key, paid)
    const [first] = paidUntilMs.keys()
    if (paidUntilMs.size > MOST_CLIENTS && first !== undefined) paidUntilMs.delete(first)
    return 0
  }
  return async (category, address) => {
    const costMs = MINUTE_MS / PER_MINUTE[category]
    // An address is personal data, and of no use here but to be told from others.
    const client = createHash('sha256').update(`${namespace} ${address}`).digest('base64url').slice(0, 22)
    const key = `hf:${namespace}:rate:${category}:${client}`
    const shared = await redis?.run(SPEND, [key], [costMs, MINUTE_MS]).catch(() => undefined)
    const waitMs = shared === undefined ? spendHere(key, costMs) : Number(shared)
    if (waitMs === 0) return
    const retryAfter = Math.ceil(waitMs / 1000)
    throw new HttpError(429, `Too many requests: try again in ${retryAfter} s`, {
      'Retry-After': String(retryAfter),
      'X-RateLimit-Limit': String(PER_MINUTE[category]),
      'X-RateLimit-Remaining': '0',
    })
  }
}
