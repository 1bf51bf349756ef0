/**
 * A collection or table whose calls say how they are cached. It is the collection itself behind a proxy that makes each call
 * under its policy; the caching is the fetcher's, so writes past the proxy invalidate just the same. A cursor sends its
 * requests when it is iterated, which may be anywhere: it is wrapped too, and takes its policy along.
 */
import { ConfigError } from '../../base/errors.ts'
import type { Cache } from '../../cache/cache.ts'
import { mergePolicies, underPolicy, type CallPolicy } from './call-policy.ts'
import type { AstraReadPolicy } from './options.ts'

/** A collection or table with a policy of its own. */
export type CachedCollection<C extends object> = C & {
  /** The same collection under this policy besides its own: `things.withPolicy({ bypass: true }).findOne(…)`. */
  withPolicy(policy: AstraReadPolicy): CachedCollection<C>
}

/** Calls that always send a request, and so tell whether anybody hears their policy. */
const ALWAYS_ASKS: ReadonlySet<string | symbol> = new Set(['findOne', 'countDocuments', 'estimatedDocumentCount'])

/**
 * @param collection of a client that was made with `createCachingFetcher({ cache })`
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) from its calls, when its client was made otherwise
 */
export function cachedCollection<C extends object>(
  collection: C,
  cache: Cache,
  policy: AstraReadPolicy = {},
): CachedCollection<C> {
  let isHeard = false
  const call: CallPolicy = { cache, policy, heard: () => void (isHeard = true) }
  const checked = async (result: unknown): Promise<unknown> => {
    const answer = await result
    if (!isHeard)
      throw new ConfigError('cachedCollection() caches nothing: make its client with createCachingFetcher()')
    return answer
  }
  const withPolicy = (more: AstraReadPolicy) => cachedCollection(collection, cache, mergePolicies(policy, more))
  return proxyOf(collection, (name, method) => {
    if (name === 'withPolicy') return withPolicy
    if (typeof method !== 'function') return method
    return (...args: unknown[]) => {
      const result: unknown = underPolicy(call, () => Reflect.apply(method, collection, args))
      if (isCursor(result)) return cachedCursor(result, call)
      return ALWAYS_ASKS.has(name) ? checked(result) : result
    }
  }) as CachedCollection<C>
}

type Cursor = object & { readonly toArray: unknown; readonly fetchNextPage: unknown }

function isCursor(value: unknown): value is Cursor {
  return typeof value === 'object' && value !== null && 'toArray' in value && 'fetchNextPage' in value
}

function cachedCursor(cursor: Cursor, call: CallPolicy): Cursor {
  return proxyOf(cursor, (_name, method) => {
    if (typeof method !== 'function') return method
    return (...args: unknown[]) => {
      const result: unknown = underPolicy(call, () => Reflect.apply(method, cursor, args))
      if (isCursor(result)) return cachedCursor(result, call)
      return isIterator(result) ? cachedIterator(result, call) : result
    }
  })
}

function isIterator(value: unknown): value is AsyncIterator<unknown> & object {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Each step runs under the policy: a generator goes on in the context of whoever asks for more. */
function cachedIterator(iterator: AsyncIterator<unknown> & object, call: CallPolicy): AsyncIterableIterator<unknown> {
  return {
    next: (...args) => underPolicy(call, () => iterator.next(...args)),
    return: async (value: unknown) => underPolicy(call, async () => iterator.return?.(value) ?? { done: true, value }),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** Private fields are the target's own: methods must run on it, never on the proxy. */
function proxyOf<T extends object>(target: T, see: (name: string | symbol, value: unknown) => unknown): T {
  return new Proxy(target, { get: (self, name) => see(name, Reflect.get(self, name, self)) })
}
