/**
 * How many sessions live. Each bucket has a list of those that began in it; Redis is asked which of them still live, and the
 * others leave the list. So the count is right without notices of expiry and without a scan, and asking is the clean-up.
 */
import type { Clock } from '../base/clock.ts'
import type { Redis, Reply, Script } from '../redis/redis.ts'
import type { Asking } from './asking.ts'
import { LIST, LIVES } from './scripts.ts'
import { BUCKETS, type SessionKeys } from './session-keys.ts'

export interface CensusDeps {
  readonly redis: Redis
  readonly keys: SessionKeys
  readonly clock: Clock
  readonly ask: Asking
}

const PER_SCRIPT = 500
/** Buckets asked at once: they leave in one pipeline, and other commands get their turn between. */
const AT_ONCE = 16

/** @throws SessionUnavailableError (ERR_HOLDFAST_SESSION_UNAVAILABLE) */
export async function countSessions({ redis, keys, clock, ask }: CensusDeps): Promise<number> {
  const run = (script: Script, scriptKeys: readonly string[], args: readonly (string | number)[]): Promise<Reply> =>
    ask(script.name, () => redis.run(script, scriptKeys, args))

  const countBucket = async (bucket: string): Promise<number> => {
    const registry = keys.registry(bucket)
    let living = 0
    for (;;) {
      // Those that live stay in front of the next page; those that do not have left the list.
      const hashes = (await run(
        LIST,
        [registry],
        [Math.floor(clock.wallMs()), living, PER_SCRIPT],
      )) as readonly string[]
      if (hashes.length === 0) return living
      const sessions = hashes.map((hash) => keys.session(bucket, hash))
      const lives = (await run(LIVES, [registry, ...sessions], hashes)) as readonly number[]
      living += lives.filter((lifeMs) => lifeMs >= 0).length
      if (hashes.length < PER_SCRIPT) return living
    }
  }

  let total = 0
  for (let at = 0; at < BUCKETS.length; at += AT_ONCE) {
    const counts = await Promise.all(BUCKETS.slice(at, at + AT_ONCE).map(countBucket))
    total += counts.reduce((sum, count) => sum + count, 0)
  }
  return total
}
