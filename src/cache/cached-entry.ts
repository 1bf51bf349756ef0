import type { Judged } from '../log/log.ts'

/** A value in this process, with all that decides whether it may be served. */
export interface CachedEntry extends Judged {
  readonly value: unknown
  readonly freshUntilMs: number
}
