/**
 * The value of a key, loaded at most once at a time in the fleet while it is missing: by single-flight in this process, by a
 * lease across processes (fleet.ts).
 *
 * Joining a running load needs care. The load may have begun, and read the source, before an invalidation that was
 * acknowledged long before this read began: its value may answer the caller that started it and not this one. So the value
 * is judged for the joiner too, and a joiner who may not have it loads again. That load begins after the joiner's read, so
 * its value is right whatever was invalidated meanwhile.
 */
import { elapsedMs } from '../base/clock.ts'
import type { ReadResult, Tier } from '../base/events.ts'
import { LoadFailedError } from '../base/errors.ts'
import { checkKey } from '../keys/key.ts'
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import { load, type Consistency, type ResolvedLoadOptions } from './load.ts'
import { lookup } from './lookup.ts'
import type { Loader } from './run-loader.ts'

// A joiner is refused by a load of its own process at most once; only loads of others can disappoint it again.
const MAX_ATTEMPTS = 3
/** A lease is renewed while its load runs; past this, a read stops waiting for others and loads. */
const MAX_WAIT_MS = 30_000

export async function get(deps: CacheDeps, key: string, consistency: Consistency): Promise<unknown> {
  const began = deps.log.now()
  const found = await lookup(deps, checkKey(key), consistency === 'strict' ? began : undefined)
  if (found.state === 'hit') tellRead(deps, key, 'hit', found.tier, began.monoMs)
  else tellRead(deps, key, found.state, 'none', began.monoMs)
  return found.state === 'hit' ? found.entry.value : undefined
}

export async function getOrSet(
  deps: CacheDeps,
  key: string,
  loader: Loader<unknown>,
  options: ResolvedLoadOptions,
): Promise<unknown> {
  const began = deps.log.now()
  const found = await lookup(deps, checkKey(key), options.consistency === 'strict' ? began : undefined)
  if (found.state === 'hit') {
    tellRead(deps, key, 'hit', found.tier, began.monoMs)
    return found.entry.value
  }
  try {
    const alone = (): Promise<CachedEntry> => load(deps, key, loader, options)
    // What Redis cannot be asked about, it cannot be asked a lease for.
    const shared = found.state === 'bypass' ? alone : () => loadOnce(deps, key, loader, options)
    return (await loadShared(deps, key, began, options.consistency, { shared, alone })).value
  } finally {
    tellRead(deps, key, found.state, 'none', began.monoMs)
  }
}

async function loadShared(
  deps: CacheDeps,
  key: string,
  began: Moment,
  consistency: Consistency,
  { shared, alone }: { readonly shared: () => Promise<CachedEntry>; readonly alone: () => Promise<CachedEntry> },
): Promise<CachedEntry> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const running = deps.flights.running(key)
    if (running) deps.events.emit({ type: 'load-joined', key, scope: 'process' })
    const entry = await (running ?? deps.flights.start(key, shared))
    if (mayHave(deps, began, consistency, entry)) return entry
  }
  // Invalidated again and again while others loaded it: this read loads for itself.
  return alone()
}

/** Loads once in the fleet: under the key's lease, or by waiting for the process that holds it. */
async function loadOnce(
  deps: CacheDeps,
  key: string,
  loader: Loader<unknown>,
  options: ResolvedLoadOptions,
): Promise<CachedEntry> {
  const { log, clock, fleet, events } = deps
  const began = log.now()
  for (let stamp = log.stamp(); fleet && stamp; stamp = log.stamp()) {
    // A load that began before an invalidation known here is not worth waiting for: it is taken over.
    const turn = await fleet.turn(key, stamp, ({ stamp: theirs }) => {
      const isCurrent = log.judge({ key, tags: options.tags, stamp: theirs }) !== 'not-current'
      if (isCurrent) events.emit({ type: 'load-joined', key, scope: 'fleet' })
      return isCurrent
    })
    if (turn.state === 'load') return load(deps, key, loader, options, turn.lease)
    if (turn.state === 'failed') {
      throw new LoadFailedError(`The load of ${JSON.stringify(key)} failed in another process: ${turn.message}`)
    }
    const found = await lookup(deps, key, options.consistency === 'strict' ? began : undefined)
    if (found.state === 'hit') return found.entry
    if (found.state === 'bypass' || clock.monoMs() - began.monoMs > MAX_WAIT_MS) break
  }
  return load(deps, key, loader, options)
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

function tellRead({ events, clock }: CacheDeps, key: string, result: ReadResult, tier: Tier, startedMs: number): void {
  events.emit({ type: 'read', key, result, tier, durationMs: clock.monoMs() - startedMs })
}
