/**
 * Runs a loader and stores what it gives. The entry's stamp is taken as one pair before the loader is called: whatever was
 * invalidated after that is newer than the entry, however late it is written.
 */
import { EncodeError } from '../base/errors.ts'
import type { FillOutcome } from '../base/events.ts'
import { encodeEntry } from '../codec/entry.ts'
import { serialise } from '../codec/serialise.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import type { Lease } from './fleet.ts'
import { freezeDeep } from './freeze.ts'
import { runLoader, type Loader, type Said } from './run-loader.ts'

/** `bounded`: by the promise. `strict`: as if the bound were zero, at the price of a heartbeat with every read. */
export type Consistency = 'bounded' | 'strict'

export interface ResolvedLoadOptions {
  readonly ttlMs: number
  readonly tags: readonly string[]
  readonly timeoutMs: number | undefined
  readonly consistency: Consistency
}

/** Loads once; with a lease, others in the fleet wait for what this stores. */
export async function load(
  deps: CacheDeps,
  key: string,
  loader: Loader<unknown>,
  options: ResolvedLoadOptions,
  lease?: Lease,
): Promise<CachedEntry> {
  const { log, clock, events, background } = deps
  const loaded = log.now()
  const stamp = log.stamp()
  const said: Said = { ttlMs: options.ttlMs, tags: new Set(options.tags) }
  try {
    const value = await runLoader(deps, key, loader, said, options.timeoutMs)
    const durationMs = clock.monoMs() - loaded.monoMs
    events.emit({ type: 'load', key, outcome: 'ok', durationMs })
    const entry: CachedEntry = {
      key,
      tags: [...said.tags],
      stamp,
      loaded,
      freshUntilMs: clock.wallMs() + said.ttlMs,
      value: deps.options.freeze ? freezeDeep(value) : value,
    }
    background.run(store(deps, entry, durationMs, lease))
    return entry
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (lease) background.run(lease.giveBack({ key, outcome: 'failed', message: message.slice(0, MAX_MESSAGE) }))
    throw error
  }
}

async function store(deps: CacheDeps, entry: CachedEntry, loadCostMs: number, lease?: Lease): Promise<void> {
  const stored = await fill(deps, entry, loadCostMs, lease)
  lease?.stop()
  // Nothing came of it that others could read: let them load.
  if (!stored) await lease?.giveBack({ key: entry.key, outcome: 'filled' })
}

async function fill(
  { options, clock, events, l1, l2 }: CacheDeps,
  entry: CachedEntry,
  loadCostMs: number,
  lease: Lease | undefined,
): Promise<boolean> {
  const { key, stamp, freshUntilMs } = entry
  const bytes = entry.value === undefined ? undefined : encoded(events, entry, loadCostMs)
  if (!bytes) return false
  const told = (outcome: FillOutcome): boolean => {
    events.emit({ type: 'fill', key, outcome, bytes: bytes.length })
    return outcome !== 'not-stored'
  }
  if (bytes.length > options.maxEntryBytes) return told('not-stored')
  if (!isYounger(l1.get(key), entry)) l1.set(key, entry, bytes.length)
  // Without a stamp nobody else could judge it.
  if (!stamp || !l2) return false
  const filled = await l2.fill(key, bytes, freshUntilMs - clock.wallMs(), lease?.value)
  return told(filled === 'unavailable' ? 'not-stored' : filled)
}

function encoded(events: CacheDeps['events'], entry: CachedEntry, loadCostMs: number): Buffer | undefined {
  const { stamp = UNSTAMPED, tags, freshUntilMs } = entry
  try {
    return encodeEntry({ stamp, tags, freshUntilMs, goneAtMs: freshUntilMs, loadCostMs }, serialise(entry.value))
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error
    events.emit({ type: 'error', operation: 'encode', error })
    return undefined
  }
}

const MAX_MESSAGE = 500
/** For the size of an entry that only this process has. */
const UNSTAMPED = { epoch: '-----------', position: 0 }

/** Whether `kept` began after `entry`: a slow load must not push out what was set or loaded since. */
function isYounger(kept: CachedEntry | undefined, entry: CachedEntry): boolean {
  return (
    kept?.stamp !== undefined && kept.stamp.epoch === entry.stamp?.epoch && kept.stamp.position > entry.stamp.position
  )
}
