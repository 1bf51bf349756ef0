import type { StaleReason } from '../base/events.ts'

/** What a caller is told of a stale value that it was served. */
export interface Staleness {
  readonly key: string
  readonly why: StaleReason
  /** Milliseconds since its TTL ended; negative while that has not passed. */
  readonly expiredMsAgo: number
  /** Why nothing better could be served. */
  readonly cause?: unknown
}
