import type { Cache, GetOrSetOptions, Loader } from 'holdfast'

/** One read through the cache as data, so that a warm-up reads exactly what a request does. */
export interface CachedRead<T> extends GetOrSetOptions {
  readonly key: string
  readonly load: Loader<T>
}

export function read<T>(cache: Cache, { key, load, ...options }: CachedRead<T>): Promise<T> {
  return cache.getOrSet(key, load, options)
}
