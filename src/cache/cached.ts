import { argumentKey } from '../keys/argument-key.ts'
import { checkKey } from '../keys/key.ts'
import type { InvalidationNote, InvalidationResult } from '../log/appender.ts'
import type { GetOrSetOptions } from './read-options.ts'
import type { CacheVerbs } from './verbs.ts'

/** Where the names of families are made known, so that figures are told by them. */
interface FamilyNames {
  declareFamilies(names: readonly string[]): void
}

/** How a function is cached. */
export interface CachedOptions<Args extends readonly unknown[]> extends Omit<GetOrSetOptions, 'tags'> {
  /** Begins every key of this function; `name:*` is their pattern. Not taken from the function: minifiers rename those. */
  readonly name: string
  /** The rest of the key. @default a canonical text of the arguments, hashed when it is long */
  readonly key?: (...args: Args) => string
  /** Names by which results can be invalidated together with others. */
  readonly tags?: readonly string[] | ((...args: Args) => readonly string[])
}

/** A cached function: the same call, answered from the cache. */
export interface CachedFunction<Args extends readonly unknown[], T> {
  (...args: Args): Promise<T>
  /** The key of a call. */
  keyOf(...args: Args): string
  /** Invalidates the result of one call, everywhere. */
  invalidate(...args: Args): Promise<InvalidationResult>
  /** Invalidates the results of all calls, everywhere. */
  invalidateAll(note?: InvalidationNote): Promise<InvalidationResult>
}

/**
 * Wraps a function so that equal calls are answered from the cache.
 *
 * @throws KeyError (ERR_HOLDFAST_KEY) when called with arguments no key can be made from, unless `key` is given
 */
export function cached<Args extends readonly unknown[], T>(
  cache: CacheVerbs,
  fn: (...args: Args) => Promise<T> | T,
  options: CachedOptions<Args>,
): CachedFunction<Args, T> {
  const { keyOf, optionsOf } = calls(options)
  return Object.assign(
    async (...args: Args): Promise<T> => cache.getOrSet(keyOf(...args), () => fn(...args), optionsOf(args)),
    {
      keyOf,
      invalidate: async (...args: Args) => cache.invalidate({ keys: [keyOf(...args)] }),
      invalidateAll: async (note: InvalidationNote = {}) =>
        cache.invalidate({ ...note, pattern: membersOf(options.name) }),
    },
  )
}

function calls<Args extends readonly unknown[]>({ name, key, tags = [], ...options }: CachedOptions<Args>) {
  checkKey(name)
  return {
    keyOf: (...args: Args): string => (key ? `${name}:${key(...args)}` : argumentKey(name, args)),
    optionsOf: (args: Args): GetOrSetOptions => ({
      ...options,
      tags: typeof tags === 'function' ? tags(...args) : tags,
    }),
  }
}

/** The pattern of all keys that begin with `name:`, whatever characters the name holds. */
export function membersOf(name: string): string {
  return `${name.replace(/[\\*?[\]]/g, (character) => `\\${character}`)}:*`
}

/**
 * A standard method decorator (TC39 stage 3) that caches a method by its arguments: `@Cached(cache, { name: 'users.byId' })`.
 * The instance is no part of the key, so it is for services and repositories, not for entities.
 */
export function Cached<This, Args extends readonly unknown[], T>(
  cache: CacheVerbs & FamilyNames,
  options: CachedOptions<Args>,
): (
  method: (this: This, ...args: Args) => Promise<T>,
  context: ClassMethodDecoratorContext,
) => (this: This, ...args: Args) => Promise<T> {
  const { keyOf, optionsOf } = calls(options)
  cache.declareFamilies([options.name])
  return (method) =>
    function call(this: This, ...args: Args) {
      return cache.getOrSet(keyOf(...args), () => Reflect.apply(method, this, args), optionsOf(args))
    }
}
