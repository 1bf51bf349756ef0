import type { Clock } from '../base/clock.ts'
import { RecentMap } from '../base/recent-map.ts'

/** Sessions remembered; one that was forgotten is touched once more than needed. */
const MAX_REMEMBERED = 20_000

/**
 * When this process last told Redis that a session is in use. Each telling is replicated and written to Redis's log, so a
 * page with thirty requests tells once. A process that has just started tells at once.
 */
export class TouchTimes {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #told = new RecentMap<number>(MAX_REMEMBERED)

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock
    this.#everyMs = everyMs
  }

  /** Whether it is time to tell; if so, it counts as told. */
  isDue(hash: string): boolean {
    const nowMs = this.#clock.monoMs()
    const toldMs = this.#told.get(hash)
    if (toldMs !== undefined && nowMs - toldMs < this.#everyMs) return false
    this.#told.set(hash, nowMs)
    return true
  }
}
