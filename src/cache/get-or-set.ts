/**
 * The value of a key, loaded at most once at a time in this process while it is missing.
 *
 * Joining a running load needs care. The load may have begun, and read the source, before an invalidation that was
 * acknowledged long before this read began: its value may answer the caller that started it and not this one. So the value
 * is judged for the joiner too, and a joiner who may not have it loads again. That load began after the joiner's read, so
 * its value is right whatever was invalidated meanwhile, and a second retry is never needed.
 */
import { elapsedMs } from '../base/clock.ts'
import type { ReadResult, Tier } from '../base/events.ts'
import { checkKey } from '../keys/key.ts'
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import type { Flight } from './flights.ts'
import { load, type Consistency, type Loader, type ResolvedLoadOptions } from './load.ts'
import { lookup } from './lookup.ts'

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
    const entry = await loadShared(deps, key, began, loader, options)
    return entry.value
  } finally {
    tellRead(deps, key, found.state, 'none', began.monoMs)
  }
}

async function loadShared(
  deps: CacheDeps,
  key: string,
  began: Moment,
  loader: Loader<unknown>,
  options: ResolvedLoadOptions,
): Promise<CachedEntry> {
  const takeOff = (): Flight => {
    const moment = deps.log.now()
    return deps.flights.start(key, moment, () => load(deps, key, moment, loader, options))
  }
  const running = deps.flights.running(key)
  if (!running) return takeOff().landed
  deps.events.emit({ type: 'load-joined', key })
  const entry = await running.landed
  if (mayHave(deps, began, options.consistency, running, entry)) return entry
  return (deps.flights.running(key) ?? takeOff()).landed
}

/** Whether a read that began at `began` may be answered by this flight. */
function mayHave(
  { log, options }: CacheDeps,
  began: Moment,
  consistency: Consistency,
  flight: Flight,
  entry: CachedEntry,
): boolean {
  if (flight.began.order > began.order) return true
  if (consistency === 'strict') return log.judge(entry, began) === 'fresh'
  if (log.judge(entry) === 'fresh') return true
  const youngEnough = elapsedMs(flight.began, began) <= options.boundMs
  return youngEnough && !log.ownSince(flight.began, entry.key, entry.tags)
}

function tellRead({ events, clock }: CacheDeps, key: string, result: ReadResult, tier: Tier, startedMs: number): void {
  events.emit({ type: 'read', key, result, tier, durationMs: clock.monoMs() - startedMs })
}
