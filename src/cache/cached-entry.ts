import type { Judged } from '../log/log.ts'
import type { Content } from './content.ts'

/** A value in this process, with all that decides whether it may be served. */
export interface CachedEntry extends Judged {
  readonly content: Content
  readonly freshUntilMs: number
  /** Until then it is kept, for readers who may be served a stale value. */
  readonly goneAtMs: number
  /** What its load took; 0 when that is not known. */
  readonly loadCostMs: number
}
