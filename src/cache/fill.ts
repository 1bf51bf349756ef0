/**
 * Stores what a load gave: in this process at once, so that the next read finds it, and in Redis behind the caller. A fill
 * appends nothing to the log, since the data is the same; and it never writes over what began later than its load.
 */
import { EncodeError } from '../base/errors.ts'
import type { FillOutcome } from '../base/events.ts'
import { HEADER_BYTES, tagsText } from '../codec/header.ts'
import type { Payload } from '../codec/serialise.ts'
import { keepNear, type CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import type { Lease } from './fleet.ts'

/** Without a payload there is nothing to store, and the lease is given back. */
export async function fill(
  deps: CacheDeps,
  entry: CachedEntry,
  payload: Payload | undefined,
  lease: Lease | undefined,
): Promise<void> {
  let stored = false
  try {
    stored = payload !== undefined && (await store(deps, entry, payload, lease))
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error
    deps.events.emit({ type: 'error', operation: 'encode', error })
  }
  lease?.stop()
  // Nothing came of it that others could read: let them load.
  if (!stored) await lease?.giveBack({ key: entry.key, outcome: 'filled' }, 0)
}

async function store(
  deps: CacheDeps,
  entry: CachedEntry,
  payload: Payload,
  lease: Lease | undefined,
): Promise<boolean> {
  const { codec, options, clock, events, l1, l2, trigger } = deps
  const { key, stamp, goneAtMs } = entry
  const told = (outcome: FillOutcome, bytes: number): boolean => {
    events.emit({ type: 'fill', key, outcome, trigger, bytes })
    return outcome !== 'not-stored'
  }
  const keepHere = (): void => {
    if (!isYounger(l1.get(key), entry)) keepNear(deps, entry)
  }
  const plainBytes = HEADER_BYTES + tagsText(entry.tags).length + Buffer.byteLength(payload.text)
  const isSmall = plainBytes <= options.maxEntryBytes
  if (isSmall) keepHere()
  // Without a stamp nobody else could judge it.
  if (!stamp || !l2) return isSmall ? false : told('not-stored', plainBytes)
  const bytes = await codec.encode(key, { ...entry, stamp }, payload)
  if (bytes.length > options.maxEntryBytes) return told('not-stored', bytes.length)
  if (!isSmall) keepHere()
  const filled = await l2.fill(key, bytes, goneAtMs - clock.wallMs(), lease?.value)
  return told(filled === 'unavailable' ? 'not-stored' : filled, bytes.length)
}

/** Whether `kept` began after `entry`: a slow load must not push out what was set or loaded since. */
function isYounger(kept: CachedEntry | undefined, entry: CachedEntry): boolean {
  return (
    kept?.stamp !== undefined && kept.stamp.epoch === entry.stamp?.epoch && kept.stamp.position > entry.stamp.position
  )
}
