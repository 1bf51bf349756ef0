import { argumentKey } from '../keys/argument-key.ts'
import { checkKey } from '../keys/key.ts'
import type { InvalidationNote, InvalidationResult } from '../log/appender.ts'
import { membersOf } from './cached.ts'
import type { LoadContext, Loader } from './run-loader.ts'
import type { SetResult } from './set.ts'
import type { GetOptions, GetOrSetOptions, SetOptions } from './read-options.ts'
import type { CacheVerbs } from './verbs.ts'
import type { WarmEntry } from './warm.ts'

/** What names a member of a family: a text, a number, or anything that argument keys take. */
export type FamilyId = string | number | bigint | readonly unknown[] | { readonly [name: string]: unknown }

/** How the members of a family are loaded and kept. */
export interface FamilyOptions<Id extends FamilyId, T> extends Omit<GetOrSetOptions, 'tags'> {
  readonly load: (id: Id, context: LoadContext) => Promise<T> | T
  /** Tags of a member, also from its value. */
  readonly tags?: (id: Id, value: T) => readonly string[]
}

/** A named group of keys that share how they are loaded, how long they are fresh and how they are tagged. */
export interface Family<Id extends FamilyId, T> {
  readonly name: string
  keyOf(id: Id): string
  get(id: Id, options?: GetOptions): Promise<T>
  /** A member as an entry to warm: how get() reads it. */
  entryOf(id: Id): WarmEntry
  set(id: Id, value: T): Promise<SetResult>
  /** Invalidates one member, everywhere. */
  invalidate(id: Id, note?: InvalidationNote): Promise<InvalidationResult>
  /** Invalidates all members, everywhere. */
  invalidateAll(note?: InvalidationNote): Promise<InvalidationResult>
}

/** @throws KeyError (ERR_HOLDFAST_KEY) when the name cannot begin a key */
export function family<Id extends FamilyId, T>(
  cache: CacheVerbs,
  name: string,
  { load, tags, ...options }: FamilyOptions<Id, T>,
): Family<Id, T> {
  checkKey(name)
  const { ttl, grace, staleIfError } = options
  const storing: SetOptions = {
    ...(ttl !== undefined && { ttl }),
    ...(grace !== undefined && { grace }),
    ...(staleIfError !== undefined && { staleIfError }),
  }
  const keyOf = (id: Id): string => (isPlainId(id) ? `${name}:${id}` : argumentKey(name, [id]))
  const loaderOf =
    (id: Id): Loader<T> =>
    async (context) => {
      const value = await load(id, context)
      if (tags && value !== undefined) context.tag(...tags(id, value))
      return value
    }
  return {
    name,
    keyOf,
    get: (id, read = {}) => cache.getOrSet(keyOf(id), loaderOf(id), { ...options, ...read }),
    entryOf: (id) => ({ ...options, key: keyOf(id), load: loaderOf(id) }),
    set: (id, value) => cache.set(keyOf(id), value, { ...storing, ...(tags && { tags: tags(id, value) }) }),
    invalidate: (id, note = {}) => cache.invalidate({ ...note, keys: [keyOf(id)] }),
    invalidateAll: (note = {}) => cache.invalidate({ ...note, pattern: membersOf(name) }),
  }
}

function isPlainId(id: FamilyId): id is string | number | bigint {
  return typeof id !== 'object'
}
