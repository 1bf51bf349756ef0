/**
 * Time as the engine sees it: two clocks and timers, handed in through dependencies so that tests and the simulation own
 * them. Two clocks, because each lies in its own way: the monotonic one stands still while a virtual machine is suspended,
 * the wall clock jumps when it is set. Ages are therefore always the larger of the two differences.
 */
export interface Clock {
  /** Milliseconds since 1970, as the machine believes. Only for TTLs, which processes share. */
  wallMs(): number
  /** Milliseconds that only rise. */
  monoMs(): number
  /** Runs `task` once after `delayMs` (24 days at most); returns its cancellation. Does not keep the process alive. */
  after(delayMs: number, task: () => void): () => void
}

/** A moment on both clocks. */
export interface Instant {
  readonly monoMs: number
  readonly wallMs: number
}

/** What a timer of Node.js can hold, 24.8 days; asked for more, it fires after 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const GLANCES = 64
/** How long a wall clock may show the same millisecond: what the monotonic one may be behind, so it is set ahead by it. */
const GLANCE_LAG_MS = 1

/** The clock of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monoMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export function instant(clock: Clock): Instant {
  return { monoMs: clock.monoMs(), wallMs: clock.wallMs() }
}

/** Milliseconds since `moment`: the larger of what both clocks say, so that neither a suspend nor a set-back hides time. */
export function ageMs(clock: Clock, moment: Instant): number {
  return Math.max(clock.monoMs() - moment.monoMs, clock.wallMs() - moment.wallMs)
}

/**
 * Both clocks for one read after the other, at the price of one: the monotonic clock is read again only when the wall clock
 * shows another millisecond, so it is less than one behind. Also after every 64 reads: a wall clock that stands still must
 * not stop the other one.
 */
export class Glance implements Instant {
  readonly #clock: Clock
  #left = 0
  wallMs: number = Number.NaN
  monoMs: number = Number.NaN

  constructor(clock: Clock) {
    this.#clock = clock
  }

  look(): void {
    const wallMs = this.#clock.wallMs()
    if (wallMs === this.wallMs && this.#left > 0) {
      this.#left -= 1
      return
    }
    this.#left = GLANCES
    this.wallMs = wallMs
    this.monoMs = this.#clock.monoMs() + GLANCE_LAG_MS
  }
}

/** Milliseconds from `earlier` to `later`, by the same rule as {@link ageMs}. */
export function elapsedMs(earlier: Instant, later: Instant): number {
  return Math.max(later.monoMs - earlier.monoMs, later.wallMs - earlier.wallMs)
}
