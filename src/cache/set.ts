import { EncodeError } from '../base/errors.ts'
import { encodeEntry, type Stamp } from '../codec/entry.ts'
import { serialise } from '../codec/serialise.ts'
import { checkKey } from '../keys/key.ts'
import type { InvalidationResult } from '../log/appender.ts'
import type { CachedEntry } from './cached-entry.ts'
import { Content } from './content.ts'
import type { CacheDeps } from './deps.ts'
import { keptMs, type ResolvedSetOptions } from './read-options.ts'

/** What became of a `set`: the key's invalidation, and whether the value was stored. */
export interface SetResult extends InvalidationResult {
  /** False when Redis did not answer, or the key or a tag was invalidated since `set` was called. */
  readonly stored: boolean
}

/**
 * Puts a value in place of whatever is cached. The value counts as loaded when this was called: the key's mark goes to the
 * log first, and the value is written only if nothing of its key or tags was marked since the call.
 */
export async function set(
  deps: CacheDeps,
  key: string,
  value: unknown,
  resolved: ResolvedSetOptions,
): Promise<SetResult> {
  const { log, clock, random, events, options, l1, l2 } = deps
  const { ttl, tags, jitter } = resolved
  const calledWith = log.stamp()
  checkKey(key)
  if (value === undefined)
    throw new EncodeError('set() got undefined, which stands for absence: to remove a key, invalidate it')
  const payload = serialise(value)
  const ttlMs = ttl({ loadMs: 0, bytes: Buffer.byteLength(payload.text) }) * (1 - jitter * random.fraction())
  const freshUntilMs = clock.wallMs() + ttlMs
  const goneAtMs = freshUntilMs + keptMs(resolved)
  if (l2) await log.started

  const { stamp, ...result } = await log.supersede(key, tags, calledWith ?? anyOf(log.stamp()), {})
  if (!stamp || ttlMs === 0) return { ...result, stored: false }
  const header = { stamp, tags, freshUntilMs, goneAtMs, loadCostMs: 0 }
  const bytes = encodeEntry(header, payload)
  if (bytes.length > options.maxEntryBytes) {
    events.emit({ type: 'fill', key, outcome: 'not-stored', bytes: bytes.length })
    return { ...result, stored: false }
  }
  const filled = l2 ? await l2.fill(key, bytes, goneAtMs - clock.wallMs()) : 'stored'
  events.emit({ type: 'fill', key, outcome: filled === 'unavailable' ? 'not-stored' : filled, bytes: bytes.length })
  if (filled !== 'stored') return { ...result, stored: false }
  const entry: CachedEntry = { key, ...header, content: Content.ofValue(value, options.freeze) }
  l1.set(key, entry, bytes.length)
  return { ...result, stored: true }
}

/**
 * Stands for a call before the first answer of the log. Whatever is marked in this epoch may have been marked since that
 * call, so any mark of the entry's targets counts.
 */
function anyOf(stamp: Stamp | undefined): Stamp | undefined {
  return stamp && { ...stamp, position: 0 }
}
