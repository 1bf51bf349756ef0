import type { Clock } from '../base/clock.ts'

/** Sessions remembered; one that was forgotten is touched once more than needed. */
const MAX_REMEMBERED = 20_000

/**
 * When this process last told Redis that a session is in use. Each telling is replicated and written to Redis's log, so a
 * page with thirty requests tells once. A process that has just started tells at once.
 */
export class TouchTimes {
  readonly #clock: Clock
  readonly #everyMs: number
  #current = new Map<string, number>()
  // Those of the page before: forgetting by the page costs nothing per session.
  #before = new Map<string, number>()

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock
    this.#everyMs = everyMs
  }

  /** Whether it is time to tell; if so, it counts as told. */
  isDue(hash: string): boolean {
    const nowMs = this.#clock.monoMs()
    const toldMs = this.#current.get(hash) ?? this.#before.get(hash)
    if (toldMs !== undefined && nowMs - toldMs < this.#everyMs) return false
    if (this.#current.size >= MAX_REMEMBERED / 2) {
      this.#before = this.#current
      this.#current = new Map()
    }
    this.#current.set(hash, nowMs)
    return true
  }
}
