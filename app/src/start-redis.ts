import { createRedis, isHoldfastError, type Redis, type RedisOptions } from 'holdfast'

import { StartError } from './start-error.ts'
import type { Shutdown } from './shutdown.ts'

/** A Redis that answers, and where it is, without secrets. */
export interface StartedRedis {
  readonly redis: Redis
  readonly place: string
  /** Of one that was started here, for another instance. */
  readonly privateUrl: string | undefined
}

/** A Redis that is there already, and where that was said. */
export interface GivenRedis {
  readonly options: RedisOptions
  /** For messages: `REDIS_URL`. */
  readonly from: string
}

/**
 * Connects to the Redis that is given, or starts a private one.
 *
 * @throws StartError when it cannot be reached, refuses the password, or cannot be started
 */
export async function startRedis(
  given: GivenRedis | undefined,
  shutdown: Shutdown,
  progress: (line: string) => void,
): Promise<StartedRedis> {
  const privateUrl = given ? undefined : await startPrivateRedis(shutdown, progress)
  const options = given?.options ?? { url: privateUrl ?? '' }
  try {
    const redis = createRedis(options)
    shutdown.add('the connection to Redis', () => redis.close())
    await redis.ready()
    const place = given ? redis.address : `${redis.address} (private, gone when this stops)`
    return { redis, place, privateUrl }
  } catch (cause) {
    if (!isHoldfastError(cause)) throw cause
    throw new StartError(given ? `${cause.message} (from ${given.from})` : cause.message, { cause })
  }
}

async function startPrivateRedis(shutdown: Shutdown, progress: (line: string) => void): Promise<string> {
  const { privateRedis } = await import('holdfast/testing')
  try {
    const started = await privateRedis({ onProgress: progress })
    shutdown.add('the private Redis', () => started.stop())
    return started.url
  } catch (cause) {
    throw new StartError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
