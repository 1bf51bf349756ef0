import { createRedisStore } from '../../../src/store/redis-store.ts'
import { createCache, createRedis, type Redis, type RedisOptions } from '../../../src/index.ts'
import { readHistory } from '../../../src/log/history.ts'
import { openLog } from '../../support/open-log.ts'
import { uniqueNamespace } from '../../support/redis.ts'

/** Uses everything that a cache asks of Redis once; what fails is what is looked for, so it goes on. */
export async function exercise(options: RedisOptions): Promise<readonly PromiseSettledResult<unknown>[]> {
  const namespace = uniqueNamespace()
  await using redis = createRedis({ ...options, readTimeout: '5s' })
  await using cache = createCache({ redis, namespace })
  const store = createRedisStore(redis, namespace)
  const channel = `hf:{${namespace}}:filled`
  const heard = new Promise<string>((resolve) => redis.subscribe(channel, resolve))
  const stamp = { epoch: 'epoch', position: 1 }
  const steps: readonly (() => Promise<unknown>)[] = [
    () => redis.ready(),
    () => redis.openStreamReader().readAfter(`hf:{${namespace}}:log`, '0-0', 1),
    () => cache.set('a', 1, { tags: ['t'] }),
    () => cache.get('b'),
    () => cache.getOrSet('c', () => 3),
    () => cache.invalidate({ keys: ['a'], tags: ['t'], reason: 'test' }),
    () => cache.invalidate({ all: true }),
    async () => {
      const lease = await store.acquire({ key: 'd', token: 'token', stamp, lifeMs: 5000, seen: '' })
      await store.acquire({ key: 'd', token: 'other', stamp, lifeMs: 5000, seen: '' })
      if (lease.state === 'mine') await store.renew('d', lease.value, 5000)
      await store.giveBack('d', 'nobody’s', { key: 'd', outcome: 'filled' }, 0)
      if (lease.state === 'mine') await store.fill('d', Buffer.from('value'), 5000, lease.value)
    },
    () => history(redis, namespace),
    () => missAndFold(options),
    () => sweep(options),
    () => redis.runReplicated({ name: 'time', lua: `return redis.call('TIME')` }, [`hf:{${namespace}}:head`], [], 0),
    // A subscription that is refused says nothing; the others have ended by now.
    () => Promise.race([heard, new Promise((resolve) => setImmediate(resolve))]),
  ]
  const results: PromiseSettledResult<unknown>[] = []
  for (const step of steps) results.push(...(await Promise.allSettled([step()])))
  return results
}

/** What the log remembers; read by itself, since `explain` makes do without it. */
async function history(redis: Redis, namespace: string): Promise<unknown> {
  return readHistory(redis, `hf:{${namespace}}:log`, ['k:a'])
}

/** A log that misses records, and folds its marks. */
async function missAndFold(options: RedisOptions): Promise<void> {
  const namespace = uniqueNamespace()
  const [here, there] = [
    await openLog({ ...options, namespace, maxMarks: 10 }),
    await openLog({ ...options, namespace, tail: 'frozen' }),
  ]
  try {
    for (let index = 0; index < 12; index += 1) await here.log.invalidate([`t:${index}`], {})
    await here.log.fold()
    await there.log.hear()
  } finally {
    await Promise.all([here.close(), there.close()])
  }
}

async function sweep(options: RedisOptions): Promise<void> {
  const pace = { afterMs: 60_000, everyMs: 60_000, pauseMs: 0, keysPerPage: 1000 }
  const here = await openLog({ ...options, namespace: uniqueNamespace(), sweep: pace })
  try {
    await here.log.sweep()
  } finally {
    await here.close()
  }
}
