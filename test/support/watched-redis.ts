import { onTestFinished } from 'vitest'

import { createRedis, type Redis, type RedisEvent, type RedisOptions, type Script } from '../../src/index.ts'

export interface WatchedRedis {
  readonly redis: Redis
  readonly told: RedisEvent[]
  /** Events of one type, in their order. */
  readonly of: <Type extends RedisEvent['type']>(type: Type) => readonly Extract<RedisEvent, { type: Type }>[]
}

/** A Redis whose events are kept, closed with the test. */
export function watchedRedis(options: RedisOptions): WatchedRedis {
  const redis = createRedis(options)
  onTestFinished(() => redis.close())
  const told: RedisEvent[] = []
  redis.on((event) => told.push(event))
  return {
    redis,
    told,
    of: <Type extends RedisEvent['type']>(type: Type) =>
      told.filter((event): event is Extract<RedisEvent, { type: Type }> => event.type === type),
  }
}

/** KEYS[1] := ARGV[1], for a minute. */
export const WRITE: Script = { name: 'test.write', lua: "return redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000)" }
