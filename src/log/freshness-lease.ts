/**
 * How recently the log's primary was heard from. The lease is the moment a heartbeat was SENT, granted once everything
 * up to the position it answered is applied: every invalidation acknowledged before that moment is known here.
 * Checked at serve time against the larger of two clocks; it never expires by a timer.
 */
import { ageMs, type Clock } from '../base/clock.ts'
import type { Moment } from './moment.ts'

export class FreshnessLease {
  readonly #clock: Clock
  #sent: Moment | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  grant(sent: Moment): void {
    // Heartbeats may answer out of order; the younger one stands.
    if (!this.#sent || sent.order > this.#sent.order) this.#sent = sent
  }

  revoke(): void {
    this.#sent = undefined
  }

  /** Whether it was granted for a heartbeat that was sent after `moment`: what a strict read asks for. */
  isAfter(moment: Moment): boolean {
    return this.#sent !== undefined && this.#sent.order > moment.order
  }

  /** Milliseconds since the log's primary is known to have been heard from; Infinity when it is not. */
  ageMs(): number {
    return this.#sent ? ageMs(this.#clock, this.#sent) : Number.POSITIVE_INFINITY
  }
}
