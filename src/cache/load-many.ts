import type { Duration } from '../base/duration.ts'
import { checkTag } from '../keys/key.ts'
import type { Loader, Said } from './run-loader.ts'
import { positiveMs } from './ttl.ts'

/** What a loader of many values may say about each. */
export interface LoadManyContext {
  /** Adds tags to one key's value. */
  readonly tag: (key: string, ...tags: readonly string[]) => void
  /** Sets how long one key's value is fresh. */
  readonly ttl: (key: string, ttl: Duration) => void
  /** Aborted when the loader's `timeout` has passed. */
  readonly signal: AbortSignal
}

/** Values by key. A key that is missing, or `undefined`, has nothing to cache. */
export type ManyValues<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>

/** Produces the values of many keys from the source in one go. */
export type LoadMany<T> = (keys: readonly string[], context: LoadManyContext) => Promise<ManyValues<T>> | ManyValues<T>

/** The same source as a loader of one key. */
export function singleLoader(key: string, loadMany: LoadMany<unknown>): Loader<unknown> {
  return async ({ tag, ttl, signal }) => {
    const context: LoadManyContext = {
      tag: (of, ...tags) => of === key && tag(...tags),
      ttl: (of, duration) => of === key && ttl(duration),
      signal,
    }
    return valueOf(await loadMany([key], context), key)
  }
}

export function valueOf(values: ManyValues<unknown>, key: string): unknown {
  if (values instanceof Map) return values.get(key)
  return Object.hasOwn(values, key) ? (values as Readonly<Record<string, unknown>>)[key] : undefined
}

/** What is said of keys that were not asked for is dropped with their values. */
export function contextOfMany(said: ReadonlyMap<string, Said>, signal: AbortSignal): LoadManyContext {
  return {
    tag(key, ...tags) {
      for (const tag of tags.map(checkTag)) said.get(key)?.tags.add(tag)
    },
    ttl(key, duration) {
      const ttlMs = positiveMs(duration, 'ttl')
      const of = said.get(key)
      if (of) of.ttlMs = ttlMs
    },
    signal,
  }
}
