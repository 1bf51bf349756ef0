/**
 * How recently the log's primary was heard from. The lease is the moment a heartbeat was SENT, granted once everything
 * up to the position it answered is applied: every invalidation acknowledged before that moment is known here.
 * Checked at serve time against the larger of two clocks; it never expires by a timer.
 */
import { ageMs, type Clock, type Instant } from '../base/clock.ts'
import type { Moment } from './moment.ts'

export class FreshnessLease {
  readonly #clock: Clock
  readonly #boundMs: number
  #sent: Moment | undefined
  // Where it ends on either clock; before all time while there is none.
  #endsMonoMs = Number.NEGATIVE_INFINITY
  #endsWallMs = Number.NEGATIVE_INFINITY

  /** @param boundMs how long after a heartbeat was sent what is known counts as known now */
  constructor(clock: Clock, boundMs: number) {
    this.#clock = clock
    this.#boundMs = boundMs
  }

  grant(sent: Moment): void {
    // Heartbeats may answer out of order; the younger one stands.
    if (this.#sent && sent.order <= this.#sent.order) return
    this.#sent = sent
    this.#endsMonoMs = sent.monoMs + this.#boundMs
    this.#endsWallMs = sent.wallMs + this.#boundMs
  }

  revoke(): void {
    this.#sent = undefined
    this.#endsMonoMs = Number.NEGATIVE_INFINITY
    this.#endsWallMs = Number.NEGATIVE_INFINITY
  }

  /** Whether it holds: on both clocks, so that neither a suspend nor a set-back makes it last. */
  holds(at: Instant): boolean {
    return at.monoMs <= this.#endsMonoMs && at.wallMs <= this.#endsWallMs
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
