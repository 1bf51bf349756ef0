import type { Redis, RedisEvent } from '../../src/index.ts'

/** The next event of a Redis that `isIt` accepts. */
export function eventOf(redis: Redis, isIt: (event: RedisEvent) => boolean): Promise<RedisEvent> {
  return new Promise((resolve) => {
    const stop = redis.on((event) => {
      if (!isIt(event)) return
      stop()
      resolve(event)
    })
  })
}
