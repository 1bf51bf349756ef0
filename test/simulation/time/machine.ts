/**
 * The machine that a process runs on: its clocks lie as real ones do. Each has a wall clock of its own, which somebody may
 * set, and a monotonic one, which stands still while a virtual machine is suspended. A stalled process (SIGSTOP, a long
 * garbage collection) does nothing while both clocks go on.
 */
import type { Clock } from '../../../src/base/clock.ts'
import type { Owner, Scheduler } from './scheduler.ts'

/** The wall clock of the world when a run begins, in µs since 1970. */
export const EPOCH_US = 1_800_000_000_000_000

export class Machine implements Owner {
  readonly name: string
  readonly clock: Clock
  readonly #scheduler: Scheduler
  #isAlive = true
  #stalledUntilUs = 0
  #wallOffsetUs: number
  #monoOffsetUs: number

  constructor(name: string, scheduler: Scheduler, wallOffsetUs: number) {
    this.name = name
    this.#scheduler = scheduler
    this.#wallOffsetUs = wallOffsetUs
    // A monotonic clock counts from the machine's start, which nobody knows.
    this.#monoOffsetUs = Math.abs(wallOffsetUs) + 1_000_000
    this.clock = {
      wallMs: () => Math.floor((EPOCH_US + scheduler.nowUs + this.#wallOffsetUs) / 1000),
      monoMs: () => (scheduler.nowUs + this.#monoOffsetUs) / 1000,
      after: (delayMs, task) => scheduler.after(delayMs * 1000, this, task),
    }
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get stalledUntilUs(): number {
    return this.#stalledUntilUs
  }

  /** Runs a task when this turn's callbacks have run, as setImmediate does. */
  readonly defer = (task: () => void): void => void this.#scheduler.after(1, this, task)

  /** Does nothing for a while; both clocks go on. */
  stall(forUs: number): void {
    this.#stalledUntilUs = Math.max(this.#stalledUntilUs, this.#scheduler.nowUs + forUs)
  }

  /** Is suspended for a while: the wall clock is right again when it wakes, the monotonic one has not moved. */
  suspend(forUs: number): void {
    const stoodUntilUs = Math.max(this.#stalledUntilUs, this.#scheduler.nowUs)
    this.stall(forUs)
    // Nothing of this machine runs meanwhile, so nobody sees that the clock is put back before and not after.
    this.#monoOffsetUs -= Math.max(0, this.#stalledUntilUs - stoodUntilUs)
  }

  /** Sets the wall clock forward or back. */
  jumpWall(byUs: number): void {
    this.#wallOffsetUs += byUs
  }

  crash(): void {
    this.#isAlive = false
  }
}
