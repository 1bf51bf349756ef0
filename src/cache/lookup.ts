/**
 * Looks an entry up: in this process, then in Redis. A hit here costs nothing; a hit there costs one round trip, tags
 * included, and so does a lapsed freshness lease: its heartbeat travels beside the read.
 */
import { DecodeError, StoreError } from '../base/errors.ts'
import { decodeEntry } from '../codec/entry.ts'
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import { freezeDeep } from './freeze.ts'

export type Lookup =
  | { readonly state: 'hit'; readonly tier: 'l1' | 'l2'; readonly entry: CachedEntry }
  | { readonly state: 'miss' }
  /** Redis could not be asked, so nothing is known. */
  | { readonly state: 'bypass' }

const MISS: Lookup = { state: 'miss' }
const BYPASS: Lookup = { state: 'bypass' }

/** With `since`, strictly: only by what was heard from the log, or loaded, after that moment. */
export async function lookup(deps: CacheDeps, key: string, since?: Moment): Promise<Lookup> {
  const { log, l1, l2 } = deps
  const near = l1.get(key)
  if (near && isFresh(deps, near, since)) return { state: 'hit', tier: 'l1', entry: near }
  if (!l2) return MISS
  await log.started
  const standing = log.standing()
  if (standing === 'unreachable') return BYPASS
  const [found, heard] = await Promise.all([l2.get(key), (standing === 'heard' && !since) || hear(deps, since)])
  if (!heard) return BYPASS
  // What is here may be served now that the log was heard from, and is decoded already.
  if (near && isFresh(deps, near, since)) return { state: 'hit', tier: 'l1', entry: near }
  if (found.state === 'unavailable') return BYPASS
  return found.state === 'absent' ? MISS : judged(deps, key, found.bytes, since)
}

async function judged(deps: CacheDeps, key: string, bytes: Buffer, since: Moment | undefined): Promise<Lookup> {
  const { log, clock, l1 } = deps
  const entry = decoded(deps, key, bytes)
  if (!entry || clock.wallMs() >= entry.freshUntilMs) return MISS
  // The lease may have lapsed while the answer was on its way.
  if (log.judge(entry, since) === 'unheard' && !(await hear(deps, since))) return BYPASS
  if (log.judge(entry, since) !== 'fresh') return MISS
  l1.set(key, entry, bytes.length)
  return { state: 'hit', tier: 'l2', entry }
}

/** An entry that another version wrote, or that is damaged, is one that is not there. */
function decoded({ options, events }: CacheDeps, key: string, bytes: Buffer): CachedEntry | undefined {
  try {
    const { value, ...header } = decodeEntry(bytes)
    return { key, ...header, value: options.freeze ? freezeDeep(value) : value }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    events.emit({ type: 'error', operation: 'decode', error })
    return undefined
  }
}

async function hear({ log, events }: CacheDeps, since: Moment | undefined): Promise<boolean> {
  try {
    await (since ? log.hearAnew() : log.hear())
    return true
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    events.emit({ type: 'error', operation: 'hear', error })
    return false
  }
}

function isFresh({ log, clock }: CacheDeps, entry: CachedEntry, since: Moment | undefined): boolean {
  return clock.wallMs() < entry.freshUntilMs && log.judge(entry, since) === 'fresh'
}
