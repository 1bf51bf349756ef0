/**
 * When logins began and when users were logged out everywhere, so that in this process no two of them tie: a login that
 * began before a cut has a moment up to it, and one that began after it has a later one.
 *
 * A clock of milliseconds alone cannot say so. A login of another process in the millisecond of a cut counts as before it:
 * somebody who must log in once more loses less than somebody whose account was left open.
 */
import type { Clock } from '../base/clock.ts'

/** Further ahead of the clock than this, the clock was set back, and what was said before binds no more. */
const MOST_AHEAD_MS = 1000

export class LoginMoments {
  readonly #clock: Clock
  #lastLoginMs = 0
  #lastCutMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The moment of a login that begins now: after every cut before. */
  login(): number {
    this.#lastLoginMs = this.#notBefore(this.#lastCutMs + 1)
    return this.#lastLoginMs
  }

  /** The moment of a logout everywhere that begins now: not before any login that has begun. */
  cut(): number {
    this.#lastCutMs = this.#notBefore(this.#lastLoginMs)
    return this.#lastCutMs
  }

  #notBefore(ms: number): number {
    const nowMs = Math.floor(this.#clock.wallMs())
    return ms - nowMs > MOST_AHEAD_MS ? nowMs : Math.max(nowMs, ms)
  }
}
