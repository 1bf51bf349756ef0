/** Token buckets: so many at once, refilled evenly. For what a person does by hand and a loop must not. */
import type { Clock } from '../base/clock.ts'

export interface Limiter {
  /** 0 when it may happen now, which counts; else milliseconds until it may. */
  take(who: string): number
}

/** People at once; beyond it the one who did nothing longest is forgotten, with a full bucket. */
const MAX_BUCKETS = 1000

export function createLimiter(clock: Clock, perMinute: number): Limiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  const perMs = perMinute / 60_000
  return {
    take(who) {
      const nowMs = clock.monoMs()
      const bucket = buckets.get(who) ?? { tokens: perMinute, atMs: nowMs }
      const tokens = Math.min(perMinute, bucket.tokens + (nowMs - bucket.atMs) * perMs)
      buckets.delete(who)
      buckets.set(who, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: nowMs })
      const [oldest] = buckets.keys()
      if (buckets.size > MAX_BUCKETS && oldest !== undefined) buckets.delete(oldest)
      return tokens < 1 ? Math.ceil((1 - tokens) / perMs) : 0
    },
  }
}
