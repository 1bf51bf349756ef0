import { onTestFinished } from 'vitest'

import {
  createCache,
  createRedis,
  type Cache,
  type Redis,
  type RedisEvent,
  type RedisOptions,
} from '../../src/index.ts'
import { privateRedis, type PrivateRedis, type PrivateRedisOptions } from '../../src/testing/index.ts'
import { eventOf } from '../support/event-of.ts'
import { uniqueNamespace } from '../support/redis.ts'
import {
  startServiceLoop,
  type LoopReport,
  type ServiceLoop,
  type ServiceLoopOptions,
} from '../support/service-loop.ts'

export interface Service {
  readonly redis: Redis
  readonly cache: Cache
  readonly loop: ServiceLoop
  /** The next event that `isIt` accepts. */
  readonly told: (isIt: (event: RedisEvent) => boolean) => Promise<RedisEvent>
}

/** A service at work: answers from its cache, and asks Redis, every few milliseconds. */
export async function serviceOn(options: RedisOptions, key?: ServiceLoopOptions['key']): Promise<Service> {
  const redis = createRedis({ breaker: { openFor: '200ms' }, ...options })
  const cache = createCache({ redis, namespace: uniqueNamespace() })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
  })
  await redis.ready()
  const loop = startServiceLoop({ redis, cache, ...(key !== undefined && { key }) })
  await loop.goodWrite()
  return { redis, cache, loop, told: (isIt) => eventOf(redis, isIt) }
}

export async function serverOfItsOwn(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const server = await privateRedis(options)
  onTestFinished(() => server.stop())
  return server
}

/** What the service went through, until it wrote again. */
export async function survivedBy({ loop }: Service): Promise<LoopReport> {
  await loop.goodWrite()
  return loop.stop()
}
