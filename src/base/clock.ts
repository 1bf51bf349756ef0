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

/** Milliseconds from `earlier` to `later`, by the same rule as {@link ageMs}. */
export function elapsedMs(earlier: Instant, later: Instant): number {
  return Math.max(later.monoMs - earlier.monoMs, later.wallMs - earlier.wallMs)
}
