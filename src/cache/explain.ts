/**
 * Says of one key what every layer holds, whether a read would be served it now, and if not, why not and who invalidated it.
 * It only looks: nothing is loaded or stored by it.
 */
import { DecodeError } from '../base/errors.ts'
import type { EntryHeader } from '../codec/header.ts'
import { checkKey } from '../keys/key.ts'
import type { PastInvalidation } from '../log/history.ts'
import type { Judged, LogInspection, Verdict } from '../log/log.ts'
import type { Objection } from '../log/marks.ts'
import type { PeekedLease } from '../store/redis-store.ts'
import type { CacheDeps } from './deps.ts'
import type { PastEvent } from './recent-events.ts'

/** What a layer holds of a key. */
export type LayerState =
  | { readonly state: 'absent' }
  /** Redis could not be asked. */
  | { readonly state: 'unavailable' }
  /** Damaged, or written by a version or with a key that this process does not have. */
  | { readonly state: 'unreadable'; readonly bytes: number; readonly because: string }
  | HeldEntry

/** An entry, judged as a read that begins now would. */
export interface HeldEntry {
  readonly state: 'held'
  readonly verdict: Verdict | 'expired'
  /** The verdict in words. */
  readonly because: string
  /** What speaks against it, mark by mark. */
  readonly objections: readonly Objection[]
  readonly stamp: { readonly epoch: string; readonly position: number } | undefined
  readonly tags: readonly string[]
  /** Milliseconds since 1970. */
  readonly freshUntilMs: number
  readonly goneAtMs: number
  readonly loadCostMs: number
  /** As it is stored in Redis; unknown for one in this process. */
  readonly bytes?: number
}

/** Everything that is known of a key. */
export interface Explanation {
  readonly key: string
  /** What a read that begins now would be given, in words. */
  readonly answer: string
  readonly process: LayerState
  readonly redis: LayerState
  readonly lease: PeekedLease | { readonly state: 'unavailable' }
  readonly log: LogInspection
  /** The invalidations that the log still holds and that reach the key by itself or by its tags, newest first. */
  readonly invalidations: readonly PastInvalidation[]
  /** What happened to the key in this process lately, newest first; hits aside. */
  readonly events: readonly PastEvent[]
}

/** @throws KeyError (ERR_HOLDFAST_KEY) */
export async function explain(deps: CacheDeps, key: string): Promise<Explanation> {
  const { l1, l2, log, recent } = deps
  checkKey(key)
  const near = l1.get(key)
  const process: LayerState = near ? heldEntry(deps, near) : { state: 'absent' }
  const [redis, lease] = l2
    ? await Promise.all([layerInRedis(deps, key), l2.peekLease(key)])
    : [{ state: 'absent' } as const, { state: 'free' } as const]
  const tags = new Set([process, redis].flatMap((layer) => (layer.state === 'held' ? layer.tags : [])))
  const invalidations = await log.history(key, [...tags]).catch(() => [])
  const answer = answerOf(process, redis)
  return { key, answer, process, redis, lease, log: log.inspect(), invalidations, events: recent.of(key) }
}

async function layerInRedis(deps: CacheDeps, key: string): Promise<LayerState> {
  const found = await deps.l2?.get(key)
  if (!found || found.state !== 'found') return found ?? { state: 'absent' }
  const { bytes } = found
  try {
    const { header } = await deps.codec.decodeRaw(key, bytes)
    return { ...heldEntry(deps, { key, ...header }), bytes: bytes.length }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { state: 'unreadable', bytes: bytes.length, because: error.message }
  }
}

type Explained = Judged & Omit<EntryHeader, 'stamp'>

function heldEntry({ log, clock }: CacheDeps, entry: Explained): HeldEntry {
  const judged = log.judge(entry)
  const verdict = judged === 'fresh' && clock.wallMs() >= entry.freshUntilMs ? 'expired' : judged
  const { stamp, tags, freshUntilMs, goneAtMs, loadCostMs } = entry
  const objections = log.against(entry)
  const because = inWords(verdict, objections)
  return { state: 'held', verdict, because, objections, stamp, tags, freshUntilMs, goneAtMs, loadCostMs }
}

function inWords(verdict: Verdict | 'expired', [first]: readonly Objection[]): string {
  switch (verdict) {
    case 'fresh':
      return 'nothing that it depends on was invalidated since its load began'
    case 'expired':
      return 'its TTL has passed; nothing that it depends on was invalidated'
    case 'unheard':
      return 'not invalidated as far as is known, but the log has not been heard from within the bound'
    case 'unverified':
      return 'it is of another epoch of the log, as after a failover or restart of Redis, or the log is not known here'
    case 'invalidated':
      if (first?.kind === 'mark') return `${first.target} was invalidated after its load began`
      if (first?.kind === 'floor') return 'everything as old as it was invalidated, or folded away'
      return 'an invalidation of this process covers it, which Redis has not acknowledged yet'
  }
}

function answerOf(process: LayerState, redis: LayerState): string {
  if (process.state === 'held' && process.verdict === 'fresh') return 'a hit, from this process'
  if (redis.state === 'unavailable') return 'Redis cannot be asked: the source is'
  if (redis.state === 'held' && redis.verdict === 'fresh') return 'a hit, from Redis'
  if (redis.state === 'held' && redis.verdict === 'unheard') return 'a hit from Redis, once the log has been heard from'
  const layer = redis.state === 'held' ? redis : process
  if (layer.state === 'held') return `a load: ${layer.because}`
  return redis.state === 'unreadable' ? `a load: ${redis.because}` : 'a load: nothing is stored'
}
