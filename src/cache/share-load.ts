/**
 * One load at a time for a missing key: by single-flight in this process, by a lease across processes (fleet.ts).
 *
 * Joining a running load needs care. The load may have begun, and read the source, before an invalidation that was
 * acknowledged long before this read began: its value may answer the caller that started it and not this one. So the value
 * is judged for the joiner too, and a joiner who may not have it loads again. That load begins after the joiner's read, so
 * its value is right whatever was invalidated meanwhile.
 */
import { elapsedMs } from '../base/clock.ts'
import { LoadFailedError } from '../base/errors.ts'
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import type { Asked, Held } from './fleet.ts'
import type { Flight } from './flights.ts'
import { load } from './load.ts'
import { lookupFar, lookupNear, type Lookup, type NotFound } from './lookup.ts'
import type { Consistency } from './read-options.ts'
import type { Read } from './read.ts'

/** How a missing value is had. */
export interface ShareHow {
  /** What the lookup found: what Redis cannot be asked about, it cannot be asked a lease for. */
  readonly found: NotFound
  readonly mayWait: boolean
  /** A load that is under way already. */
  readonly first?: Flight
}

// A joiner is refused by a load of its own process at most once; only loads of others can disappoint it again.
const MAX_ATTEMPTS = 3
/** A lease is renewed while its load runs; past this, a read stops waiting for others and loads. */
const MAX_WAIT_MS = 30_000
const UNAVAILABLE: Asked = { state: 'unavailable' }

/** The entry of a load that this read may be answered by. */
export async function loadShared(
  deps: CacheDeps,
  read: Read,
  { found, mayWait, first }: ShareHow,
): Promise<CachedEntry> {
  const { key, began, options } = read
  const alone = (): Promise<CachedEntry> => load(deps, read, { mayWait })
  let running = first
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    running ??= joined(deps, key)
    if (!running) {
      const failure = deps.failures.recent(key, options.errorTtlMs)
      if (failure) throw failure.error
      running = deps.flights.start(key, () => loadOnce(deps, read, found, mayWait))
    }
    const entry = await running
    if (entry && mayHave(deps, began, options.consistency, entry)) return entry
    running = undefined
  }
  // Invalidated again and again while others loaded it: this read loads for itself.
  return alone()
}

function joined(deps: CacheDeps, key: string): Flight | undefined {
  const running = deps.flights.running(key)
  if (running) deps.events.emit({ type: 'load-joined', key, scope: 'process' })
  return running
}

/** Loads once in the fleet: under the key's lease, or by waiting for the process that holds it. */
async function loadOnce(deps: CacheDeps, read: Read, found: NotFound, mayWait: boolean): Promise<CachedEntry> {
  return loadAfter(deps, read, await askLease(deps, read, found), mayWait)
}

/** Asks for the lease. A load that began before an invalidation known here is not worth waiting for: it is taken over. */
export async function askLease({ fleet, log }: CacheDeps, read: Read, found: NotFound): Promise<Asked> {
  const { key, options } = read
  const stamp = log.stamp()
  if (!fleet || !stamp || found.state === 'bypass') return UNAVAILABLE
  return fleet.ask({
    key,
    stamp,
    seen: found.seen,
    isWorthWaiting(theirs) {
      const verdict = log.judge({ key, tags: options.tags, stamp: theirs.stamp })
      return verdict === 'fresh' || verdict === 'unheard'
    },
  })
}

/** Loads, or waits for whoever does, as the answer about the lease says. */
export async function loadAfter(
  deps: CacheDeps,
  read: Read,
  firstAnswer: Asked,
  mayWait: boolean,
): Promise<CachedEntry> {
  const { key } = read
  const began = deps.log.now()
  let answer = firstAnswer
  while (answer.state === 'held' || answer.state === 'changed') {
    const failure = answer.state === 'held' ? await endOf(deps, key, answer) : undefined
    if (failure !== undefined) throw failedElsewhere(key, failure)
    const found = await lookAgain(deps, read, began)
    if (found.state === 'hit') return found.entry
    const isPatient = deps.clock.monoMs() - began.monoMs <= MAX_WAIT_MS
    answer = isPatient ? await askLease(deps, read, found) : UNAVAILABLE
  }
  if (answer.state === 'failed') throw failedElsewhere(key, answer.message)
  return load(deps, read, { mayWait, lease: answer.state === 'mine' ? answer.lease : undefined })
}

/** Waits for the end of another process's load; its message when it failed. */
async function endOf({ events }: CacheDeps, key: string, held: Held): Promise<string | undefined> {
  events.emit({ type: 'load-joined', key, scope: 'fleet' })
  const end = await held.ended()
  return end?.outcome === 'failed' ? end.message : undefined
}

async function lookAgain(deps: CacheDeps, { key, options }: Read, began: Moment): Promise<Lookup> {
  const asked = { form: options.form, since: options.consistency === 'strict' ? began : undefined }
  return lookupNear(deps, key, asked) ?? lookupFar(deps, key, asked)
}

function failedElsewhere(key: string, message: string): LoadFailedError {
  return new LoadFailedError(`The load of ${JSON.stringify(key)} failed in another process: ${message}`)
}

/**
 * Whether a read that began at `began` may be answered by this entry: its load began after the read, or it is judged fresh
 * for the read, or its load began so little before the read that the bound allows it.
 */
function mayHave({ log, options }: CacheDeps, began: Moment, consistency: Consistency, entry: CachedEntry): boolean {
  const { key, tags, loaded } = entry
  if (loaded && loaded.order > began.order) return true
  if (consistency === 'strict') return log.judge(entry, began) === 'fresh'
  if (log.judge(entry) === 'fresh') return true
  return loaded !== undefined && elapsedMs(loaded, began) <= options.boundMs && !log.ownSince(loaded, key, tags)
}
