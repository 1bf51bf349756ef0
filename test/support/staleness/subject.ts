/** What is checked: Holdfast, or, for the control, cache-aside as it is usually written. */
import { AsyncLocalStorage } from 'node:async_hooks'

import { Cluster, Redis as Client } from 'ioredis'

import { createCache, createRedis, type InvalidationResult, type RedisOptions } from '../../../src/index.ts'
import type { LoadedValue } from './history.ts'
import { tagsOf, type Named } from './workload.ts'

export type SubjectName = 'holdfast' | 'cache-aside'

export interface ReadHow {
  readonly strict: boolean
  /** A TTL that ends soon, with a grace that does not. */
  readonly expiring: boolean
}

export interface Subject {
  read(key: string, load: () => Promise<LoadedValue>, how: ReadHow): Promise<LoadedValue>
  readMany(
    keys: readonly string[],
    load: (key: string) => Promise<LoadedValue>,
    how: ReadHow,
  ): Promise<readonly LoadedValue[]>
  get(key: string, how: ReadHow): Promise<LoadedValue | undefined>
  set(key: string, value: LoadedValue): Promise<InvalidationResult>
  invalidate(named: Named): Promise<InvalidationResult>
  /** Resolves to the invalidation that followed the change. */
  mutate(named: Named, change: () => Promise<void>): Promise<InvalidationResult>
  close(): Promise<void>
}

export interface SubjectOptions {
  /** Plain data, since it comes in a message. */
  readonly redis: RedisOptions
  readonly namespace: string
  readonly boundMs: number
  /** An invalidation that was queued has been acknowledged. */
  readonly acknowledged: (id: string) => void
}

export function createSubject(name: SubjectName, options: SubjectOptions): Promise<Subject> {
  return name === 'holdfast' ? holdfast(options) : cacheAside(options)
}

async function holdfast({ redis: where, namespace, boundMs, acknowledged }: SubjectOptions): Promise<Subject> {
  const redis = createRedis(where)
  const cache = createCache({ redis, namespace, bound: boundMs })
  // Events come in the context of their call, which tells whose mark an event of mutate() is.
  const call = new AsyncLocalStorage<InvalidationResult[]>()
  cache.on((event) => {
    if (event.type !== 'invalidation') return
    const { id } = event
    call.getStore()?.push({ id, acknowledged: event.acknowledged, queued: !event.acknowledged })
    if (event.acknowledged) acknowledged(id)
  })
  await redis.ready().catch(() => undefined)
  const optionsOf = ({ strict, expiring }: ReadHow) => ({
    ...(expiring ? ({ ttl: '40ms', grace: '10s' } as const) : ({ ttl: '1h' } as const)),
    ...(strict && ({ consistency: 'strict' } as const)),
  })
  return {
    read: (key, load, how) => cache.getOrSet(key, load, { ...optionsOf(how), tags: tagsOf(key) }),
    async readMany(keys, load, how) {
      const loadMany = async (
        missing: readonly string[],
        { tag }: { tag: (key: string, ...tags: string[]) => void },
      ) => {
        for (const key of missing) tag(key, ...tagsOf(key))
        const values = await Promise.all(missing.map(load))
        return new Map(values.map((value) => [value.key, value]))
      }
      return [...(await cache.getOrSetMany(keys, loadMany, optionsOf(how))).values()]
    },
    get: (key, { strict }) => cache.get<LoadedValue>(key, { ...(strict && { consistency: 'strict' }) }),
    set: (key, value) => cache.set(key, value, { ttl: '1h', tags: tagsOf(key) }),
    invalidate: ({ targets, text }) => cache.invalidate({ ...targets, reason: text }),
    async mutate({ targets }, change) {
      const marks: InvalidationResult[] = []
      await call.run(marks, () => cache.mutate(targets, change))
      return marks.at(-1) ?? { id: '', acknowledged: false, queued: true }
    },
    async close() {
      await cache.close()
      await redis.close()
    },
  }
}

// Read, load, write with a TTL; delete what was changed. It has no tags and no patterns: it is told all the keys.
async function cacheAside({ redis, namespace }: SubjectOptions): Promise<Subject> {
  const client = plainClient(redis)
  client.on('error', () => undefined)
  let ids = 0
  const name = (key: string): string => `aside:{${namespace}}:${key}`
  const get = async (key: string): Promise<LoadedValue | undefined> => {
    const found = await client.get(name(key)).catch(() => null)
    return found === null ? undefined : (JSON.parse(found) as LoadedValue)
  }
  const put = async (key: string, value: LoadedValue): Promise<boolean> =>
    client.setex(name(key), 3600, JSON.stringify(value)).then(
      () => true,
      () => false,
    )
  const told = (acknowledged: boolean): InvalidationResult => ({
    id: `${process.pid}-${(ids += 1)}`,
    acknowledged,
    queued: !acknowledged,
  })
  const read: Subject['read'] = async (key, load) => {
    const found = await get(key)
    if (found !== undefined) return found
    const value = await load()
    await put(key, value)
    return value
  }
  const invalidate: Subject['invalidate'] = async ({ keys }) =>
    client.del(keys.map(name)).then(
      () => told(true),
      () => told(false),
    )
  return {
    read,
    readMany: (keys, load, how) => Promise.all(keys.map((key) => read(key, () => load(key), how))),
    get,
    set: async (key, value) => told(await put(key, value)),
    invalidate,
    async mutate(named, change) {
      await change()
      return invalidate(named)
    },
    async close() {
      client.disconnect()
    },
  }
}

function plainClient({ url = '', cluster }: RedisOptions): Client | Cluster {
  const options = { commandTimeout: 500, maxRetriesPerRequest: 0, retryStrategy: () => 20 }
  if (cluster) return new Cluster([...cluster.nodes], { redisOptions: { commandTimeout: 500 } })
  // Several hosts are no URL to the platform.
  const [, hosts, service] = /^redis\+sentinel:\/\/([^/]+)\/(.+)$/.exec(url) ?? []
  if (hosts === undefined || service === undefined) return new Client(url, options)
  const sentinels = hosts.split(',').map((address) => {
    const [at = '', port] = address.split(':')
    return { host: at, port: Number(port) }
  })
  return new Client({ ...options, sentinels, name: service })
}
