import { systemClock, type Clock } from '../../src/base/clock.ts'
import type { Duration } from '../../src/base/duration.ts'
import { createEmitter } from '../../src/base/emitter.ts'
import type { HoldfastEvent } from '../../src/base/events.ts'
import { systemRandom } from '../../src/base/random.ts'
import { createLog, type InvalidationLog } from '../../src/log/log.ts'
import type { Acknowledge } from '../../src/log/replication.ts'
import type { SweepPace } from '../../src/log/sweeper.ts'
import { createRedis } from '../../src/redis/create-redis.ts'
import type { RedisOptions } from '../../src/redis/options.ts'
import type { Redis } from '../../src/redis/redis.ts'

export interface OpenLog {
  readonly log: InvalidationLog
  readonly redis: Redis
  readonly told: HoldfastEvent[]
  close(): Promise<void>
}

/** A log as one process has it. With `tail: 'frozen'` its blocking connection never answers, so only heartbeats bring records. */
export async function openLog({
  url,
  cluster,
  username,
  password,
  ...options
}: Pick<RedisOptions, 'url' | 'cluster' | 'username' | 'password'> & {
  readonly namespace: string
  readonly tail?: 'live' | 'frozen'
  readonly boundMs?: number
  readonly heartbeatMs?: number
  readonly clock?: Clock
  readonly maxMarks?: number
  readonly sweep?: SweepPace
  readonly acknowledge?: Acknowledge
  /** @default '5s' */
  readonly readTimeout?: Duration
  /** Called when a script has answered, before the log sees it. */
  readonly onAnswer?: () => void
  /** Called before a script is sent; what it throws is what the script came to. */
  readonly beforeScript?: (name: string) => void | Promise<void>
}): Promise<OpenLog> {
  const login = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
  const redis = createRedis({
    ...(cluster ? { cluster, ...login } : { url: url ?? '' }),
    readTimeout: options.readTimeout ?? '5s',
  })
  await redis.ready().catch(async (error: unknown) => {
    await redis.close()
    throw error
  })
  const events = createEmitter<HoldfastEvent>()
  const told: HoldfastEvent[] = []
  events.on((event) => told.push(event))
  const watched: Redis = {
    ...redis,
    async run(...call) {
      await options.beforeScript?.(call[0].name)
      const reply = await redis.run(...call)
      options.onAnswer?.()
      return reply
    },
  }
  const frozen: Redis = {
    ...watched,
    openStreamReader: () => ({ readAfter: () => new Promise(() => undefined), close: () => undefined }),
  }
  const log = createLog({
    redis: options.tail === 'frozen' ? frozen : watched,
    namespace: options.namespace,
    clock: options.clock ?? systemClock,
    random: systemRandom,
    events,
    defer: (task) => void setImmediate(task),
    boundMs: options.boundMs ?? 2000,
    // Long enough that a test decides when the log is heard from.
    heartbeatMs: options.heartbeatMs ?? 60_000,
    ...(options.acknowledge && { acknowledge: options.acknowledge }),
    ...(options.sweep && { sweep: options.sweep }),
    ...(options.maxMarks && { markLimits: { maxMarks: options.maxMarks, maxGlobs: 64 } }),
  })
  await log.started
  return {
    log,
    redis,
    told,
    async close() {
      await log.close()
      await redis.close()
    },
  }
}
