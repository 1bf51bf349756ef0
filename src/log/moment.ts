import type { Instant } from '../base/clock.ts'

/** When something began in this process: on both clocks, and in the order of its reads, loads and invalidations. */
export interface Moment extends Instant {
  readonly order: number
}
