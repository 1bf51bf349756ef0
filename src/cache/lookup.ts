/**
 * Looks an entry up: in this process, then in Redis. A hit here costs nothing; a hit there costs one round trip, tags
 * included, and so does a lapsed freshness lease: its heartbeat travels beside the read.
 */
import { DecodeError, StoreError } from '../base/errors.ts'
import { decodeEntry } from '../codec/entry.ts'
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

export async function lookup(deps: CacheDeps, key: string): Promise<Lookup> {
  const { log, l1, l2 } = deps
  const near = l1.get(key)
  if (near && isFresh(deps, near)) return { state: 'hit', tier: 'l1', entry: near }
  if (!l2) return MISS
  await log.started
  const standing = log.standing()
  if (standing === 'unreachable') return BYPASS
  const [found, heard] = await Promise.all([l2.get(key), standing === 'heard' || hear(deps)])
  if (found.state === 'unavailable' || !heard) return BYPASS
  return found.state === 'absent' ? MISS : judged(deps, key, found.bytes)
}

async function judged(deps: CacheDeps, key: string, bytes: Buffer): Promise<Lookup> {
  const entry = decoded(deps, key, bytes)
  if (!entry || deps.clock.wallMs() >= entry.freshUntilMs) return MISS
  // The lease may have lapsed while the answer was on its way.
  if (deps.log.judge(entry) === 'unheard' && !(await hear(deps))) return BYPASS
  if (deps.log.judge(entry) !== 'fresh') return MISS
  deps.l1.set(key, entry, bytes.length)
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

async function hear({ log, events }: CacheDeps): Promise<boolean> {
  try {
    await log.hear()
    return true
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    events.emit({ type: 'error', operation: 'hear', error })
    return false
  }
}

function isFresh({ log, clock }: CacheDeps, entry: CachedEntry): boolean {
  return clock.wallMs() < entry.freshUntilMs && log.judge(entry) === 'fresh'
}
