/**
 * A cache whose conversation with Redis a test can hold at any point, so that a race is staged and not waited for. Several of
 * one namespace stand for several processes: they share nothing but Redis.
 */
import { onTestFinished } from 'vitest'

import {
  createCache,
  createRedis,
  type Cache,
  type CacheOptions,
  type HoldfastEvent,
  type Redis,
} from '../../src/index.ts'
import { fakeClock, type FakeClock } from './fake-clock.ts'

/** Called around each command with its name: a script's own, or `get`. */
export type Hook = (command: string) => Promise<unknown> | undefined

export interface StagedOptions extends Partial<Omit<CacheOptions, 'redis' | 'namespace' | 'clock'>> {
  readonly url: string
  readonly namespace: string
  /** Frozen: nothing is heard but by heartbeats. @default 'frozen' */
  readonly tail?: 'live' | 'frozen'
  /** Stands still until it is moved, so that no heartbeat is sent but by reads. @default a clock of its own, at the present */
  readonly clock?: FakeClock
  readonly before?: Hook
  /** Redis has answered, and the cache does not know yet. */
  readonly after?: Hook
  /** Puts something else in the place of what Redis does. */
  readonly instead?: (redis: Redis) => Partial<Redis>
}

export interface StagedCache {
  readonly cache: Cache
  readonly clock: FakeClock
  readonly told: HoldfastEvent[]
  /** How reads ended, as `result tier`. */
  readonly reads: () => readonly string[]
}

export async function stagedCache({
  url,
  namespace,
  tail = 'frozen',
  clock = fakeClock(Date.now()),
  before,
  after,
  instead,
  ...options
}: StagedOptions): Promise<StagedCache> {
  const redis = createRedis({ url, readTimeout: '5s' })
  const cache = createCache({
    // It works behind the reads, whenever the clock says so; who stages it turns it on.
    sweep: false,
    ...options,
    redis: hooked({ ...redis, ...instead?.(redis) }, tail, before, after),
    namespace,
    clock,
  })
  const told: HoldfastEvent[] = []
  cache.on((event) => told.push(event))
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await redis.ready().catch(() => undefined)
  const reads = () => told.flatMap((event) => (event.type === 'read' ? [`${event.result} ${event.tier}`] : []))
  return { cache, clock, told, reads }
}

function hooked(redis: Redis, tail: 'live' | 'frozen', before: Hook = pass, after: Hook = pass): Redis {
  const around = async <T>(command: string, work: () => Promise<T>): Promise<T> => {
    await before(command)
    const answer = await work()
    await after(command)
    return answer
  }
  return {
    ...redis,
    get: (key) => around('get', () => redis.get(key)),
    run: (script, keys, args) => around(script.name, () => redis.run(script, keys, args)),
    ...(tail === 'frozen' && {
      openStreamReader: () => ({ readAfter: () => new Promise(() => undefined), close: () => undefined }),
    }),
  }
}

const pass: Hook = () => undefined

/** A point that one command waits at: `reached` resolves when it is there, and `release` lets it go on. */
export function holdOnce(command: string): {
  readonly hook: Hook
  readonly reached: Promise<void>
  readonly release: () => void
} {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let isUsed = false
  return {
    hook(name) {
      if (name !== command || isUsed) return undefined
      isUsed = true
      reached.resolve()
      return released.promise
    },
    reached: reached.promise,
    release: released.resolve,
  }
}
