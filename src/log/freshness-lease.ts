/**
 * How recently the log's primary was heard from. The lease is the moment a heartbeat was SENT, granted once everything
 * up to the position it answered is applied: every invalidation acknowledged before that moment is known here.
 * Checked at serve time against the larger of two clocks; it never expires by a timer.
 */
import { ageMs, elapsedMs, type Clock, type Instant } from '../base/clock.ts'

export class FreshnessLease {
  readonly #clock: Clock
  #sent: Instant | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  grant(sent: Instant): void {
    // Heartbeats may answer out of order; the younger one stands.
    if (!this.#sent || elapsedMs(this.#sent, sent) > 0) this.#sent = sent
  }

  revoke(): void {
    this.#sent = undefined
  }

  /** Milliseconds since the log's primary is known to have been heard from; Infinity when it is not. */
  ageMs(): number {
    return this.#sent ? ageMs(this.#clock, this.#sent) : Number.POSITIVE_INFINITY
  }
}
