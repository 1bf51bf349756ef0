import type { Clock } from '../../src/base/clock.ts'

export interface FakeClock extends Clock {
  /** Moves both clocks and runs the timers that come due, in order. */
  advance(ms: number): void
  /** Sets the wall clock only, as an administrator or NTP does. */
  setWall(ms: number): void
  /** Moves the wall clock only, as a suspended machine finds it when it wakes. */
  suspend(ms: number): void
}

/** A clock that stands still until it is moved. */
export function fakeClock(startWallMs = 1_800_000_000_000): FakeClock {
  let monoMs = 1000
  let wallMs = startWallMs
  let timers: { readonly dueMs: number; readonly task: () => void }[] = []
  return {
    monoMs: () => monoMs,
    wallMs: () => wallMs,
    after(delayMs, task) {
      const timer = { dueMs: monoMs + delayMs, task }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance(ms) {
      const untilMs = monoMs + ms
      for (;;) {
        const next = timers.filter((timer) => timer.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0]
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        wallMs += next.dueMs - monoMs
        monoMs = next.dueMs
        next.task()
      }
      wallMs += untilMs - monoMs
      monoMs = untilMs
    },
    setWall(ms) {
      wallMs = ms
    },
    suspend(ms) {
      wallMs += ms
    },
  }
}
