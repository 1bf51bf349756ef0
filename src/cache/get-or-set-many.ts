/**
 * Many keys in one read: what is cached comes in one round trip, and what is missing from one load, as far as this process
 * is the one to load it. Keys that others load are waited for, each as a read of its own would.
 */
import { OverloadedError } from '../base/errors.ts'
import { checkKey } from '../keys/key.ts'
import { startBulkLoad, type Missing } from './bulk-load.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import { get } from './get.ts'
import { tellRead, untilAborted } from './get-or-set.ts'
import { singleLoader, type LoadMany } from './load-many.ts'
import { lookupFar, lookupNear, seenIn, type Lookup } from './lookup.ts'
import type { Read } from './read.ts'
import type { PeekOptions, ResolvedLoadOptions } from './read-options.ts'
import { isDueEarly } from './refresh.ts'
import { loadShared } from './share-load.ts'
import { isBetterThanError, isWithinGrace, serveStale } from './stale.ts'

/** The entries of those keys that have a fresh one. */
export async function getMany(
  deps: CacheDeps,
  keys: readonly string[],
  options: PeekOptions,
): Promise<Map<string, CachedEntry>> {
  const unique = [...new Set(keys)]
  const entries = await Promise.all(unique.map(async (key) => [key, await get(deps, key, options)] as const))
  return new Map(entries.flatMap(([key, entry]) => (entry ? [[key, entry]] : [])))
}

/** The entries of all keys, in their order. @throws whatever the load of any of them throws */
export async function getOrSetMany(
  deps: CacheDeps,
  keys: readonly string[],
  loadMany: LoadMany<unknown>,
  options: ResolvedLoadOptions,
): Promise<Map<string, CachedEntry>> {
  options.signal?.throwIfAborted()
  const unique = [...new Set(keys.map(checkKey))]
  const reading = readMany(deps, unique, loadMany, options)
  return options.signal ? untilAborted(reading, options.signal) : reading
}

interface Looked {
  readonly read: Read
  readonly found: Lookup
}

async function readMany(
  deps: CacheDeps,
  keys: readonly string[],
  loadMany: LoadMany<unknown>,
  options: ResolvedLoadOptions,
): Promise<Map<string, CachedEntry>> {
  const began = deps.log.now()
  const asked = { form: options.form, since: options.consistency === 'strict' ? began : undefined }
  const looked = await Promise.all(
    keys.map(async (key): Promise<Looked> => {
      const read = { key, began, options, loader: singleLoader(key, loadMany) }
      return { read, found: lookupNear(deps, key, asked) ?? (await lookupFar(deps, key, asked)) }
    }),
  )
  const served = new Map<string, CachedEntry>()
  const refreshing: Missing[] = []
  const missing: Missing[] = []
  for (const { read, found } of looked) {
    if (found.state === 'hit') {
      tellRead(deps, read.key, found, read.began)
      served.set(read.key, found.entry)
      if (isDueEarly(deps, found.entry, deps.clock.wallMs(), options.earlyRefresh)) {
        refreshing.push({ read, found: { state: 'miss', seen: seenIn(found.entry) }, why: 'early' })
      }
    } else if (found.spare && isWithinGrace(found.spare, deps.clock.wallMs(), options)) {
      served.set(read.key, serveStale(deps, read, found.spare))
      refreshing.push({ read, found, why: found.spare.why === 'unverified' ? 'unverified' : 'expired' })
    } else {
      missing.push({ read, found })
    }
  }
  startBulkLoad(deps, refreshing, loadMany, { purpose: 'refresh' })
  const loaded = await loadMissing(deps, missing, loadMany)
  return new Map(keys.map((key) => [key, served.get(key) ?? loaded.get(key)]).filter(isPresent))
}

async function loadMissing(
  deps: CacheDeps,
  missing: readonly Missing[],
  loadMany: LoadMany<unknown>,
): Promise<Map<string, CachedEntry>> {
  const mayWait = missing.some(({ found: { spare }, read: { options } }) => {
    return !spare || !isBetterThanError(spare, deps.clock.wallMs(), options)
  })
  const flights = startBulkLoad(deps, missing, loadMany, { purpose: 'read', mayWait })
  const entries = await Promise.all(
    missing.map(async ({ read, found }) => {
      const { key, options } = read
      try {
        const first = flights.get(key)
        const entry = await loadShared(deps, read, { found, mayWait, ...(first && { first }) })
        tellRead(deps, read.key, found, read.began)
        return [key, entry] as const
      } catch (error) {
        if (error instanceof OverloadedError) deps.events.emit({ type: 'shed', key, source: options.source })
        if (found.spare && isBetterThanError(found.spare, deps.clock.wallMs(), options)) {
          return [key, serveStale(deps, read, found.spare, error)] as const
        }
        tellRead(deps, read.key, found, read.began)
        throw error
      }
    }),
  )
  return new Map(entries)
}

function isPresent(pair: (string | CachedEntry | undefined)[]): pair is [string, CachedEntry] {
  return pair[1] !== undefined
}
