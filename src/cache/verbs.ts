import type { Duration } from '../base/duration.ts'
import type { InvalidationTargets } from '../keys/target.ts'
import type { InvalidationNote, InvalidationResult } from '../log/appender.ts'
import type { Consistency } from './load.ts'
import type { Loader } from './run-loader.ts'
import type { SetResult } from './set.ts'

/** How one value is stored. */
export interface SetOptions {
  /** How long it is fresh. @default the cache's `ttl` */
  readonly ttl?: Duration
  /** Names by which it can be invalidated together with others. */
  readonly tags?: readonly string[]
}

/** How one value is read. */
export interface GetOptions {
  /**
   * `strict`: a value whose load began before an invalidation that was acknowledged before this read began is not served.
   * It costs a heartbeat in the read's round trip, shared by all strict reads of the turn; without Redis the source is asked.
   * @default 'bounded'
   */
  readonly consistency?: Consistency
}

/** How one value is read and, when it is missing, loaded. */
export interface GetOrSetOptions extends SetOptions, GetOptions {
  /** How long the loader may take; a LoaderTimeoutError reaches everyone who waits after that. @default no limit */
  readonly timeout?: Duration
}

/** What a cache does; everything else it offers is made of these. */
export interface CacheVerbs {
  /** The fresh value of a key; undefined when there is none, and when Redis cannot be asked. Never loads. */
  get<T = unknown>(key: string, options?: GetOptions): Promise<T | undefined>
  /**
   * The value of a key, loaded by `loader` while it is missing: once at a time in this process, however many ask.
   * The loader's own error reaches every caller that waits for it. @throws KeyError, LoaderTimeoutError
   */
  getOrSet<T>(key: string, loader: Loader<T>, options?: GetOrSetOptions): Promise<T>
  /** Stores a value in place of whatever is cached for its key, everywhere. @throws KeyError, EncodeError */
  set(key: string, value: unknown, options?: SetOptions): Promise<SetResult>
  /**
   * Invalidates keys, tags, a pattern (`*`, a prefix such as `features:*`, or any other glob), or all. Call it after the change is visible to the
   * reads that loaders do. Never throws because of Redis: the result says whether it was acknowledged. @throws KeyError
   */
  invalidate(targets: InvalidationTargets & InvalidationNote): Promise<InvalidationResult>
}
