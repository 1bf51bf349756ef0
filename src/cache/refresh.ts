/**
 * Loads behind readers who are served meanwhile: a value in its grace, or one whose TTL ends soon. One caller in the fleet
 * does it; whoever finds the lease taken lets the other one work. A load that failed a moment ago is not repeated at once.
 */
import type { RefreshReason } from '../base/events.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import { load } from './load.ts'
import type { NotFound } from './lookup.ts'
import type { Read } from './read.ts'
import { askLease } from './share-load.ts'

/** How long a refresh is left alone, at least, that failed or that another process has. */
const PAUSE_MS = 1000
// −ln U is above this once in two milliards.
const MAX_LOG = 21

export function refresh(deps: CacheDeps, read: Read, found: NotFound, why: RefreshReason): void {
  if (deps.flights.running(read.key) || mustPause(deps, read)) return
  deps.events.emit({ type: 'refresh', key: read.key, why })
  const flight = deps.flights.start(read.key, () => refreshOnce({ ...deps, trigger: 'refresh' }, read, found))
  // The load has told of its failure; nobody waits for it, unless by joining, and closing does not: it may never end.
  flight.catch(noop)
}

export function mustPause({ failures, elsewhere }: CacheDeps, { key, options }: Read): boolean {
  if (elsewhere.recent(key, PAUSE_MS)) return true
  return failures.recent(key, Math.max(options.errorTtlMs, PAUSE_MS)) !== undefined
}

/** Whether to refresh a fresh value now: the likelier the nearer its TTL's end, and the longer its load takes. */
export function isDueEarly(
  { clock, random, options }: CacheDeps,
  { freshUntilMs, loadCostMs }: CachedEntry,
  earlyRefresh: number = options.reads.earlyRefresh ?? 1,
): boolean {
  const leadMs = loadCostMs * earlyRefresh
  if (leadMs === 0) return false
  const leftMs = freshUntilMs - clock.wallMs()
  return leftMs < leadMs * MAX_LOG && -leadMs * Math.log(1 - random.fraction()) >= leftMs
}

async function refreshOnce(deps: CacheDeps, read: Read, found: NotFound): Promise<CachedEntry | undefined> {
  const answer = await askLease(deps, read, found)
  if (answer.state === 'mine') return load(deps, read, { lease: answer.lease, mayWait: false })
  if (answer.state === 'unavailable') return load(deps, read, { mayWait: false })
  if (answer.state === 'held') answer.leave()
  // Its value is or will be found in Redis; until then there is no use in asking for the lease with every read.
  deps.elsewhere.note(read.key, answer)
  return undefined
}

function noop(): void {}
