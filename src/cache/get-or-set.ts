/**
 * The value of a key: fresh; or in its grace, while one caller in the fleet refreshes it; or loaded, at most once at a time
 * in the fleet; or, when that fails and the caller allows it, the last one known.
 */
import { OverloadedError } from '../base/errors.ts'
import { checkKey } from '../keys/key.ts'
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { Form } from './content.ts'
import type { CacheDeps } from './deps.ts'
import { lookupFar, lookupNear, near, seenIn, type Lookup, type NotFound } from './lookup.ts'
import type { Read } from './read.ts'
import type { GetOrSetOptions } from './read-options.ts'
import { isDueEarly, mustPause, refresh } from './refresh.ts'
import type { Loader } from './run-loader.ts'
import { loadShared } from './share-load.ts'
import { isBetterThanError, isWithinGrace, serveStale, type Spare } from './stale.ts'

/**
 * The fresh entry of this process: the path that most reads take. It awaits nothing, allocates nothing and, most times, looks
 * at one clock. What the options say of loads is read only when there is something to load.
 *
 * @throws the signal's reason
 */
export function getHere(
  deps: CacheDeps,
  key: string,
  loader: Loader<unknown>,
  given: GetOrSetOptions,
  form: Form,
): CachedEntry | undefined {
  given.signal?.throwIfAborted()
  if (given.consistency === 'strict') return undefined
  const beganMs = deps.nearHits.begin()
  const entry = near(deps, key, form)
  if (entry === undefined) return undefined
  deps.nearHits.count(key, entry.tally, beganMs)
  if (isDueEarly(deps, entry, deps.glance.wallMs, given.earlyRefresh))
    refreshing(deps, resolved(deps, { key, began: deps.log.now(), loader, given, form }), entry)
  return entry
}

/** The same when {@link getHere} has none. @throws KeyError, ConfigError, the signal's reason */
export function getOrSet(
  deps: CacheDeps,
  key: string,
  loader: Loader<unknown>,
  given: GetOrSetOptions,
  form: Form,
): CachedEntry | Promise<CachedEntry> {
  const { signal, consistency } = given
  const call: Call = { key: checkKey(key), began: deps.log.now(), loader, given, form }
  const asked = { form, since: consistency === 'strict' ? call.began : undefined }
  const here = asked.since && lookupNear(deps, key, asked)
  if (here) return served(deps, call, here)
  const reading = lookupFar(deps, key, asked).then((found) => served(deps, call, found))
  return signal ? untilAborted(reading, signal) : reading
}

/** A read whose options nobody has looked at: a hit needs few of them. */
interface Call extends Omit<Read, 'options'> {
  readonly given: GetOrSetOptions
  readonly form: Form
}

function served(deps: CacheDeps, call: Call, found: Lookup): CachedEntry | Promise<CachedEntry> {
  if (found.state !== 'hit') return staleOrLoaded(deps, resolved(deps, call), found)
  const { entry } = found
  tellRead(deps, call.key, found, call.began)
  return isDueEarly(deps, entry, deps.glance.wallMs, call.given.earlyRefresh)
    ? refreshing(deps, resolved(deps, call), entry)
    : entry
}

function resolved(deps: CacheDeps, { key, began, loader, given, form }: Call): Read {
  return { key, began, loader, options: deps.resolve(given, form) }
}

function staleOrLoaded(deps: CacheDeps, read: Read, found: NotFound): CachedEntry | Promise<CachedEntry> {
  const { options } = read
  const { spare } = found
  if (!spare || !isWithinGrace(spare, deps.clock.wallMs(), options)) return loaded(deps, read, found)
  if (options.softTimeoutMs > 0 && !mustPause(deps, read)) return soonOrStale(deps, read, found, spare)
  refresh(deps, read, found, spare.why === 'unverified' ? 'unverified' : 'expired')
  return serveStale(deps, read, spare)
}

function refreshing(deps: CacheDeps, read: Read, entry: CachedEntry): CachedEntry {
  refresh(deps, read, { state: 'miss', seen: seenIn(entry) }, 'early')
  return entry
}

/** Waits for a load, and falls back on what is at hand where that is allowed. */
async function loaded(deps: CacheDeps, read: Read, found: NotFound): Promise<CachedEntry> {
  const { options } = read
  const spare = found.spare && isBetterThanError(found.spare, deps.clock.wallMs(), options) ? found.spare : undefined
  try {
    const entry = await loadShared(deps, read, { found, mayWait: !spare })
    tellRead(deps, read.key, found, read.began)
    return entry
  } catch (error) {
    if (error instanceof OverloadedError) deps.events.emit({ type: 'shed', key: read.key, source: options.source })
    if (spare) return serveStale(deps, read, spare, error)
    tellRead(deps, read.key, found, read.began)
    throw error
  }
}

/** Waits a moment for a better value than the one in its grace; the load goes on behind whoever does not get it. */
async function soonOrStale(deps: CacheDeps, read: Read, found: NotFound, spare: Spare): Promise<CachedEntry> {
  const loading = loadShared(deps, read, { found, mayWait: false })
  loading.catch(ignore)
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const cancel = deps.clock.after(read.options.softTimeoutMs, () => resolve(undefined))
  try {
    const entry = await Promise.race([loading, late])
    if (!entry) return serveStale(deps, read, spare)
    tellRead(deps, read.key, found, read.began)
    return entry
  } catch (error) {
    return serveStale(deps, read, spare, error)
  } finally {
    cancel()
  }
}

export function tellRead({ events, clock, nearHits }: CacheDeps, key: string, found: Lookup, began: Moment): void {
  if (found.state === 'hit' && found.tier === 'l1')
    return nearHits.count(key, found.entry.tally, nearHits.isDue() ? began.monoMs : undefined)
  const tier = found.state === 'hit' ? found.tier : 'none'
  events.emit({ type: 'read', key, result: found.state, tier, durationMs: clock.monoMs() - began.monoMs })
}

/** @throws the signal's reason when it is aborted first */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function ignore(): void {}
