import type { CacheOptions } from 'holdfast'
import { isHoldfastError } from 'holdfast'

import type { AppOptions } from './options.ts'
import { StartError } from './start-error.ts'
import type { GivenRedis } from './start-redis.ts'

/** What the service is to use of Redis, and how it is to cache. */
export interface Configuration {
  /** Undefined: a private Redis is started. */
  readonly redis: GivenRedis | undefined
  readonly cache: Omit<CacheOptions, 'redis'>
}

const NAMESPACE = 'ttrpg-dev'

/**
 * The configuration of an environment where one is asked for; otherwise REDIS_URL, or nothing but the library's defaults.
 *
 * @throws StartError that lists every problem of the configuration
 */
export async function readConfiguration({ isConfigured, redisUrl }: AppOptions): Promise<Configuration> {
  if (!isConfigured) {
    const redis = redisUrl === undefined ? undefined : { options: { url: redisUrl }, from: 'REDIS_URL' }
    return { redis, cache: { namespace: NAMESPACE, bound: '2s' } }
  }
  const { loadConfig, redisOptions } = await import('holdfast/config')
  try {
    const config = await loadConfig()
    return {
      redis: { options: redisOptions(config), from: `the configuration of ${config.environment}` },
      cache: { namespace: config.namespace, ...config.cache, ttls: { ...config.ttls } },
    }
  } catch (cause) {
    if (!isHoldfastError(cause)) throw cause
    throw new StartError(cause.message, { cause })
  }
}
