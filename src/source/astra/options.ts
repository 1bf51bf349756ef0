import { systemClock, type Clock } from '../../base/clock.ts'
import { toMs, type Duration } from '../../base/duration.ts'
import { ConfigError } from '../../base/errors.ts'
import type { Fetcher } from '@datastax/astra-db-ts'
import type { Cache } from '../../cache/cache.ts'
import type { GetOrSetOptions } from '../../cache/read-options.ts'
import { positiveMs, type TtlPolicy } from '../../cache/ttl.ts'
import { nativeFetcher } from './native-fetcher.ts'

/** How reads of a collection or table are cached: what a read of the cache takes. The TTL is `'1h'` where nothing says otherwise. */
export interface AstraReadPolicy extends Pick<
  GetOrSetOptions,
  | 'ttl'
  | 'grace'
  | 'staleIfError'
  | 'serveUnverified'
  | 'errorTtl'
  | 'earlyRefresh'
  | 'jitter'
  | 'consistency'
  | 'onStale'
  | 'tags'
> {
  /** Reads ask the database and are not kept. Writes invalidate all the same. @default false */
  readonly bypass?: boolean
}

/** How the whole client is cached. */
export interface CachingFetcherOptions {
  readonly cache: Cache
  /** Sends what the cache does not answer. @default the `fetch` of Node.js */
  readonly fetcher?: Fetcher
  /**
   * What this database goes by in keys and tags. All processes that write to it must use one name. @default 'astra'
   */
  readonly alias?: string
  /** The client's `dataApiPath`, where it was set. @default 'api/json/v1' or 'v1' */
  readonly apiPath?: string
  /** How reads are cached, unless their collection or call says otherwise: a TTL, a {@link TtlPolicy} such as `costAwareTtl()`, … */
  readonly reads?: AstraReadPolicy
  /** Policies of single collections and tables, by name; `<keyspace>.<name>` goes before `<name>`. */
  readonly collections?: Readonly<Record<string, AstraReadPolicy>>
  /** Names whose reads alone are cached; the rest is as if bypassed. @default all */
  readonly only?: readonly string[]
  /**
   * How long searches by vector, reranking or full text are fresh. Their answers are guesses of what is nearest, and depend
   * on models that change without a write. @default not cached
   */
  readonly search?: Duration | TtlPolicy
  /** How long lists of collections, tables and keyspaces are fresh; `0` asks the database each time. @default '1m' */
  readonly schemaTtl?: Duration
  /** A find is cached whole or not at all, up to this many pages, which are read ahead. @default 20 */
  readonly maxPages?: number
  /**
   * Invalidates before a write too, so that a process that dies between the write and the invalidation leaves nothing stale
   * that was read before. Without it, a write that changed nothing keeps every entry. @default true
   */
  readonly markBefore?: boolean
  /**
   * A write without an answer may still reach the database. What it changes is invalidated again and again for so long.
   * @default '20s'
   */
  readonly settle?: Duration
  /** How long a load may take, so that a caller's short timeout does not fail those who wait with it. @default '15s' */
  readonly loadTimeout?: Duration
  /**
   * Whom a request asks for, from its headers: requests of one scope share answers. Give it where tokens are rotated or
   * derived from passwords. @default all headers that may change an answer, hashed with the rest of the key
   */
  readonly scope?: (headers: Readonly<Record<string, string>>) => string
  /** @default the machine's */
  readonly clock?: Clock
}

export interface ResolvedFetcherOptions {
  readonly cache: Cache
  readonly fetcher: Fetcher
  readonly alias: string
  readonly apiPath: string | undefined
  readonly reads: AstraReadPolicy
  readonly collections: ReadonlyMap<string, AstraReadPolicy>
  readonly only: ReadonlySet<string> | undefined
  readonly search: Duration | TtlPolicy | undefined
  readonly schemaTtlMs: number
  readonly maxPages: number
  readonly markBefore: boolean
  readonly settleMs: number
  readonly loadTimeoutMs: number
  readonly scope: ((headers: Readonly<Record<string, string>>) => string) | undefined
  readonly clock: Clock
}

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) */
export function resolveFetcherOptions(options: CachingFetcherOptions): ResolvedFetcherOptions {
  const { alias = 'astra', maxPages = 20 } = options
  if (!/^[\w-]{1,64}$/.test(alias)) {
    throw new ConfigError(`alias must be 1 to 64 letters, digits, _ or -, got ${JSON.stringify(alias)}`)
  }
  if (!Number.isInteger(maxPages) || maxPages < 1 || maxPages > 9999) {
    throw new ConfigError(`maxPages must be an integer from 1 to 9999, got ${maxPages}`)
  }
  return {
    cache: options.cache,
    fetcher: options.fetcher ?? nativeFetcher,
    alias,
    apiPath: options.apiPath,
    reads: options.reads ?? {},
    collections: new Map(Object.entries(options.collections ?? {})),
    only: options.only && new Set(options.only),
    search: options.search,
    schemaTtlMs: toMs(options.schemaTtl ?? '1m', 'schemaTtl'),
    maxPages,
    markBefore: options.markBefore ?? true,
    settleMs: toMs(options.settle ?? '20s', 'settle'),
    loadTimeoutMs: positiveMs(options.loadTimeout ?? '15s', 'loadTimeout'),
    scope: options.scope,
    clock: options.clock ?? systemClock,
  }
}
