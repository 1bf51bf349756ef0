/**
 * Whether an old primary stops taking writes before a new one takes its first. Only then does the staleness bound hold
 * through a failover: what an old primary acknowledges later, nobody on the other side ever hears of.
 *
 * A primary whose replicas have left it notices after about min-replicas-max-lag and a second and a half (3.5 s were
 * measured with 2); sentinels promote another one no sooner than down-after-milliseconds. A cluster has its fence built
 * in: a primary without a majority stops after cluster-node-timeout, and its replica is promoted half a second later or more.
 * It judges settings. It cannot see a network, and does not try.
 */

/** Whether the staleness bound holds through a failover of Redis, as far as its settings say. */
export type BoundState =
  | { readonly bound: 'held' }
  /** `why` says what is missing, and what to do. */
  | { readonly bound: 'unfenced'; readonly why: string }

/** What was found; what could not be asked is missing. */
export interface FenceFacts {
  readonly kind: 'standalone' | 'sentinel' | 'cluster'
  /** The most that were ever seen. */
  readonly replicas: number
  /** min-replicas-to-write */
  readonly minReplicas?: number
  /** min-replicas-max-lag, in ms; 0 turns the fence off. */
  readonly maxLagMs?: number
  /** down-after-milliseconds of the sentinels. */
  readonly downAfterMs?: number
}

const NOTICE_MS = 1500
/** Of a primary with replicas that this process does not reach through sentinels: the least that we ask anybody to set. */
const ASSUMED_DOWN_AFTER_MS = 5000
const HELD: BoundState = { bound: 'held' }
const OTHERWISE = "or let the cache wait for replicas: acknowledge: 'replicated'"

export function judgeFence({ kind, replicas, minReplicas, maxLagMs, downAfterMs }: FenceFacts): BoundState {
  // Without a replica there is nothing to promote.
  if (kind === 'cluster' || replicas === 0) return HELD
  const needed = Math.ceil(replicas / 2)
  if (minReplicas === undefined || maxLagMs === undefined) {
    return unfenced(
      `unknown: Redis has ${replicas} replicas and does not say how it is fenced. Let its user ask (+config|get), ${OTHERWISE}`,
    )
  }
  if (minReplicas < needed || maxLagMs === 0) {
    return unfenced(
      `min-replicas-to-write is ${minReplicas} and min-replicas-max-lag ${maxLagMs / 1000}: with ${replicas} replicas set ${needed} and 2 on every server, ${OTHERWISE}`,
    )
  }
  if (kind === 'sentinel' && downAfterMs === undefined)
    return unfenced(`unknown: no sentinel says its down-after-milliseconds. Are they reachable? If not, ${OTHERWISE}`)
  const promotedMs = downAfterMs ?? ASSUMED_DOWN_AFTER_MS
  if (maxLagMs + NOTICE_MS <= promotedMs) return HELD
  return unfenced(
    `a primary that is cut off notices after about ${maxLagMs + NOTICE_MS} ms, and another may be promoted after ${promotedMs} ms: lower min-replicas-max-lag or raise down-after-milliseconds, ${OTHERWISE}`,
  )
}

const unfenced = (why: string): BoundState => ({ bound: 'unfenced', why })
