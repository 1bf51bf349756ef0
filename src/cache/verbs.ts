import type { InvalidationTargets } from '../keys/target.ts'
import type { InvalidationNote, InvalidationResult } from '../log/appender.ts'
import type { JsonAnswer, JsonOptions } from './json-answer.ts'
import type { LoadMany } from './load-many.ts'
import type { GetOrSetOptions, PeekOptions, SetOptions } from './read-options.ts'
import type { Loader } from './run-loader.ts'
import type { SetResult } from './set.ts'

/** What a cache does; everything else it offers is made of these. */
export interface CacheVerbs {
  /** The fresh value of a key; undefined when there is none, and when Redis cannot be asked. Never loads. @throws KeyError */
  get<T = unknown>(key: string, options?: PeekOptions): Promise<T | undefined>
  /** The same for many keys, in one round trip: those that have a fresh value, by key. @throws KeyError */
  getMany<T = unknown>(keys: readonly string[], options?: PeekOptions): Promise<Map<string, T>>
  /**
   * The value of a key, loaded by `loader` while it is missing: once at a time in the fleet, however many ask.
   * The loader's own error reaches every caller of this process that waits for it, a LoadFailedError those of others.
   * @throws KeyError, ConfigError, LoaderTimeoutError, LoadFailedError, OverloadedError
   */
  getOrSet<T>(key: string, loader: Loader<T>, options?: GetOrSetOptions): Promise<T>
  /**
   * The values of many keys, by key and in their order; what is missing is loaded in one go. A key for which the loader gives
   * `undefined` is left out. @throws as {@link getOrSet}
   */
  getOrSetMany<T>(
    keys: readonly string[],
    loadMany: LoadMany<T>,
    options?: Omit<GetOrSetOptions, 'softTimeout'>,
  ): Promise<Map<string, T>>
  /**
   * The value of a key as JSON text, ready to be sent, with its entity tag; a hit is neither parsed nor serialised. The
   * loader gives the value, which is cached as its JSON text: Dates come back as texts if it is read as a value.
   * @throws as {@link getOrSet}, and EncodeError when the value has no JSON text
   */
  getOrSetJson<T>(key: string, loader: Loader<T>, options?: JsonOptions): Promise<JsonAnswer>
  /** Stores a value in place of whatever is cached for its key, everywhere. @throws KeyError, ConfigError, EncodeError */
  set(key: string, value: unknown, options?: SetOptions): Promise<SetResult>
  /**
   * Invalidates keys, tags, a pattern (`*`, a prefix such as `features:*`, or any other glob), or all. Call it after the change is visible to the
   * reads that loaders do. Never throws because of Redis: the result says whether it was acknowledged. @throws KeyError
   */
  invalidate(targets: InvalidationTargets & InvalidationNote): Promise<InvalidationResult>
}
