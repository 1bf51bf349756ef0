/**
 * GET events: server-sent events. One sampler serves every page that is open. Ids rise; a stream that comes back with
 * Last-Event-ID gets what it missed of `activity`, as far as it is remembered, and a `sample` at once.
 */
import type { Activity, Overview, Point } from './overview.ts'
import type { WarmStatus } from './invalidation.ts'

/** What the `data:` of each event name holds, as JSON. */
export interface LiveEvents {
  /** Once at the beginning. */
  readonly hello: { readonly atMs: number; readonly everyMs: number }
  readonly sample: Overview
  readonly point: Point
  readonly activity: Activity
  readonly warm: WarmStatus
}
