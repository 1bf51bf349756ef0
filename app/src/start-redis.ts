import { createRedis, isHoldfastError, type Redis } from 'holdfast'

import { StartError } from './start-error.ts'
import type { Shutdown } from './shutdown.ts'

/** A Redis that answers, and where it is, without secrets. */
export interface StartedRedis {
  readonly redis: Redis
  readonly place: string
}

/**
 * Connects to the Redis of `url`, or starts a private one.
 *
 * @throws StartError when it cannot be reached, refuses the password, or cannot be started
 */
export async function startRedis(
  url: string | undefined,
  shutdown: Shutdown,
  progress: (line: string) => void,
): Promise<StartedRedis> {
  const privateUrl = url === undefined ? await startPrivateRedis(shutdown, progress) : undefined
  try {
    const redis = createRedis({ url: privateUrl ?? url ?? '' })
    shutdown.add('the connection to Redis', () => redis.close())
    await redis.ready()
    return { redis, place: privateUrl ? `${redis.address} (private, gone when this stops)` : redis.address }
  } catch (cause) {
    if (!isHoldfastError(cause)) throw cause
    throw new StartError(privateUrl ? cause.message : `${cause.message} (from REDIS_URL)`, { cause })
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
