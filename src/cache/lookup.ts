/**
 * Looks an entry up: in this process, then in Redis. A hit here costs nothing; a hit there costs one round trip, tags
 * included, and so does a lapsed freshness lease: its heartbeat travels beside the read.
 */
import { HoldfastError } from '../base/errors.ts'
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
  const near = deps.l1.get(key)
  if (near && isFresh(deps, near)) return { state: 'hit', tier: 'l1', entry: near }
  if (!deps.l2) return MISS
  await deps.log.started
  try {
    return await lookupFar(deps, deps.l2, key)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    deps.events.emit({ type: 'error', operation: 'lookup', error })
    return error.code === 'ERR_HOLDFAST_DECODE' ? MISS : BYPASS
  }
}

async function lookupFar(
  { log, l1, options, ...deps }: CacheDeps,
  l2: NonNullable<CacheDeps['l2']>,
  key: string,
): Promise<Lookup> {
  const standing = log.standing()
  if (standing === 'unreachable') return BYPASS
  const [bytes] = await Promise.all([l2.get(key), standing === 'silent' ? log.hear() : undefined])
  if (!bytes) return MISS
  const { value, ...header } = decodeEntry(bytes)
  const entry: CachedEntry = { key, ...header, value: options.freeze ? freezeDeep(value) : value }
  if (deps.clock.wallMs() >= entry.freshUntilMs) return MISS
  // The lease may have lapsed while the answer was on its way.
  if (log.judge(entry) === 'unheard') await log.hear()
  if (log.judge(entry) !== 'fresh') return MISS
  l1.set(key, entry, bytes.length)
  return { state: 'hit', tier: 'l2', entry }
}

function isFresh({ log, clock }: CacheDeps, entry: CachedEntry): boolean {
  return clock.wallMs() < entry.freshUntilMs && log.judge(entry) === 'fresh'
}
