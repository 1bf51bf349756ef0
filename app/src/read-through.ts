/**
 * How the service reads what it keeps: by the verbs of a cache, or straight from the database where there is none. The
 * second is the service as it would be without Holdfast, with the same answers; what the cache is worth is measured
 * against it.
 */
import { hash } from 'node:crypto'

import type { Cache, GetOrSetOptions, JsonAnswer, LoadContext, Loader } from 'holdfast'

/** The verbs that the service reads with. A `Cache` has them. */
export type ReadThrough = Pick<Cache, 'getOrSet' | 'getOrSetJson' | 'getOrSetMany'>

/** One read as data, so that a request, a page and a warm-up read exactly the same. */
export interface CachedRead<T> extends GetOrSetOptions {
  readonly key: string
  readonly load: Loader<T>
}

export function read<T>(cache: ReadThrough, { key, load, ...options }: CachedRead<T>): Promise<T> {
  return cache.getOrSet(key, load, options)
}

/** The same as text that is ready to be sent: a hit is neither parsed nor serialised. */
export function readJson<T>(
  cache: ReadThrough,
  { key, load, ...options }: CachedRead<T>,
  ifNoneMatch: string | undefined,
): Promise<JsonAnswer> {
  return cache.getOrSetJson(key, load, { ...options, ifNoneMatch })
}

/** Reads that keep nothing and share nothing. */
export function withoutCache(): ReadThrough {
  return {
    getOrSet: async (_key, load) => load(contextOfNobody()),
    async getOrSetJson(_key, load, { ifNoneMatch } = {}) {
      const body = Buffer.from(JSON.stringify(await load(contextOfNobody())))
      const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
      return { body, etag, notModified: ifNoneMatch?.includes(etag) ?? false }
    },
    async getOrSetMany(keys, loadMany) {
      const { signal } = contextOfNobody()
      const values = await loadMany(keys, { tag: () => {}, ttl: () => {}, signal })
      return new Map(values instanceof Map ? values : Object.entries(values))
    },
  }
}

function contextOfNobody(): LoadContext {
  return { tag: () => {}, ttl: () => {}, cost: () => {}, signal: new AbortController().signal }
}
