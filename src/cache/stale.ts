/**
 * Stale values: what may be served that is not fresh, and to whom. Two kinds must never be mixed up.
 *
 * Expired: past its TTL, and current. Nothing that it depends on was invalidated, so within its grace an old answer costs
 * less than a late one: it is served while one caller in the fleet refreshes it.
 *
 * Not current: invalidated, or not known to be current. Serving that as if nothing had happened would break the promise, so
 * it is served only to a caller who asked for it (`staleIfError`, `serveUnverified`), and told: by an event and `onStale`.
 */
import type { StaleReason, Tier } from '../base/events.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import type { Read } from './read.ts'
import type { ResolvedLoadOptions } from './read-options.ts'

/** A stale value that is at hand. */
export interface Spare {
  readonly entry: CachedEntry
  readonly tier: Tier
  readonly why: StaleReason
}

interface StaleRead extends Pick<Read, 'key' | 'began'> {
  readonly options: Pick<ResolvedLoadOptions, 'onStale'>
}

/** Whether it may be served at once, while it is refreshed behind the caller. */
export function isWithinGrace(spare: Spare, nowMs: number, { graceMs, serveUnverified }: ResolvedLoadOptions): boolean {
  if (spare.why === 'unverified') return serveUnverified && isKept(spare, nowMs, graceMs)
  // Without a grace there is none, also when the wall clock was set back since the value was found expired.
  return spare.why === 'expired' && graceMs > 0 && isKept(spare, nowMs, graceMs)
}

/** Whether it may be served when the value cannot be loaded. */
export function isBetterThanError(
  spare: Spare,
  nowMs: number,
  { staleIfErrorMs, ...options }: ResolvedLoadOptions,
): boolean {
  if (staleIfErrorMs > 0 && isKept(spare, nowMs, staleIfErrorMs)) return true
  return isWithinGrace(spare, nowMs, { staleIfErrorMs, ...options })
}

/** Tells that a stale value is served, to listeners and to the caller, and gives it. */
export function serveStale(
  { events, clock }: CacheDeps,
  { key, began, options }: StaleRead,
  { entry, tier, why }: Spare,
  cause?: unknown,
): CachedEntry {
  events.emit({ type: 'read', key, result: 'stale', tier, durationMs: clock.monoMs() - began.monoMs, why })
  const expiredMsAgo = clock.wallMs() - entry.freshUntilMs
  options.onStale?.({ key, why, expiredMsAgo, ...(cause !== undefined && { cause }) })
  return entry
}

function isKept({ entry }: Spare, nowMs: number, forMs: number): boolean {
  return nowMs < entry.freshUntilMs + forMs
}
