import { EncodeError } from '../base/errors.ts'
import type { Stamp } from '../codec/header.ts'
import { checkKey } from '../keys/key.ts'
import type { InvalidationResult } from '../log/appender.ts'
import { cachedEntry, keepNear } from './cached-entry.ts'
import { Content } from './content.ts'
import type { CacheDeps } from './deps.ts'
import { keptMs, type ResolvedSetOptions } from './read-options.ts'

/** What became of a `set`: the key's invalidation, and whether the value was stored. */
export interface SetResult extends InvalidationResult {
  /**
   * False when Redis did not answer, or the key or a tag was invalidated since `set` was called; or ever, when it was called
   * before this cache first heard from the log.
   */
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
  const { log, clock, random, events, options, l2 } = deps
  const { ttl, tags, jitter } = resolved
  const called = log.now()
  const calledWith = log.stamp()
  checkKey(key)
  if (value === undefined)
    throw new EncodeError('set() got undefined, which stands for absence: to remove a key, invalidate it')
  const payload = deps.codec.serialise(value)
  const ttlMs =
    ttl({ loadMs: Number.POSITIVE_INFINITY, bytes: Buffer.byteLength(payload.text) }) * (1 - jitter * random.fraction())
  const freshUntilMs = clock.wallMs() + ttlMs
  const goneAtMs = freshUntilMs + keptMs(resolved)
  if (l2) await log.started

  // Before the first answer of the log no position is known that the call came after, and an invalidation may have come while
  // that answer was awaited: then the value is written only if nothing of it was ever marked. Own ones are known without
  // marks, which an epoch that began meanwhile has not.
  const known = calledWith ?? (log.ownSince(called, key, tags) ? undefined : sinceEver(log.stamp()))
  const { stamp, ...result } = await log.supersede(key, tags, known, {})
  if (!stamp || ttlMs === 0) return { ...result, stored: false }
  const header = { stamp, tags, freshUntilMs, goneAtMs, loadCostMs: 0 }
  const bytes = await deps.codec.encode(key, header, payload)
  if (bytes.length > options.maxEntryBytes) {
    events.emit({ type: 'fill', key, outcome: 'not-stored', trigger: 'set', bytes: bytes.length })
    return { ...result, stored: false }
  }
  const filled = l2 ? await l2.fill(key, bytes, goneAtMs - clock.wallMs()) : 'stored'
  events.emit({
    type: 'fill',
    key,
    outcome: filled === 'unavailable' ? 'not-stored' : filled,
    trigger: 'set',
    bytes: bytes.length,
  })
  if (filled !== 'stored') return { ...result, stored: false }
  const content = Content.ofValue(value, options.freeze)
  const entry = cachedEntry({ key, ...header, content, tally: deps.nearHits.tallyOf(key) })
  keepNear(deps, entry)
  return { ...result, stored: true }
}

function sinceEver(stamp: Stamp | undefined): Stamp | undefined {
  return stamp && { ...stamp, position: 0 }
}
