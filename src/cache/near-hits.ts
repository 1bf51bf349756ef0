/**
 * The hits in this process's memory: counted one by one, told now and then. A service lives on them, and an event with two
 * looks at a clock for each would cost a third of the hit. So every one adds to the tally of its key's family, one in 64 is
 * timed and told to everyone, and the others are told only to those who ask for all.
 *
 * Invariant: the tallies are exact. Which hits are timed is random, or a loop over as many keys would always be met at the
 * same one.
 */
import type { Clock } from '../base/clock.ts'
import { createEmitter, type Emitter } from '../base/emitter.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import { gaps } from './gaps.ts'

/** How many hits in memory one that is told stands for, on average. */
export const HITS_PER_SAMPLE = 64
/** Families told apart; the hits of others are added up under one name. */
const MAX_FAMILIES = 100
const OTHERS = 'other'

/** The hits of one family. */
export interface Tally {
  hits: number
}

export interface NearHitsDeps {
  readonly clock: Pick<Clock, 'monoMs'>
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
}

export class NearHits {
  readonly #clock: Pick<Clock, 'monoMs'>
  readonly #events: Emitter<HoldfastEvent>
  readonly #untimed = createEmitter<HoldfastEvent>()
  readonly #tallies = new Map<string, Tally>()
  readonly #gap: () => number
  #left: number

  constructor({ clock, random, events }: NearHitsDeps) {
    this.#clock = clock
    this.#events = events
    this.#gap = gaps(HITS_PER_SAMPLE, random)
    this.#left = this.#gap()
  }

  /** Where the hits of a key are counted: with those of its family, the text before its first colon. */
  tallyOf(key: string): Tally {
    const end = key.indexOf(':')
    const family = end < 0 ? OTHERS : key.slice(0, end)
    const known = this.#tallies.get(family)
    if (known) return known
    if (this.#tallies.size >= MAX_FAMILIES && family !== OTHERS) return this.tallyOf(OTHERS)
    const tally = { hits: 0 }
    this.#tallies.set(family, tally)
    return tally
  }

  /** When a read begins that is to be timed, should it be a hit; undefined for the others. */
  begin(): number | undefined {
    return this.isDue() ? this.#clock.monoMs() : undefined
  }

  /** Whether the next hit is to be timed. */
  isDue(): boolean {
    this.#left -= 1
    if (this.#left > 0) return false
    this.#left = this.#gap()
    return true
  }

  /** @param beganMs when the read began, if it is timed */
  count(key: string, tally: Tally, beganMs: number | undefined): void {
    tally.hits += 1
    if (beganMs !== undefined) this.#events.emit(hit(key, this.#clock.monoMs() - beganMs))
    else if (this.#untimed.listening) this.#untimed.emit(hit(key, undefined))
  }

  /** Listens to the hits that are not timed. */
  onUntimed(listener: (event: HoldfastEvent) => void): () => void {
    return this.#untimed.on(listener)
  }

  /** The hits of each family since the cache was made. */
  byFamily(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#tallies].map(([family, { hits }]) => [family, hits]))
  }

  get total(): number {
    let total = 0
    for (const { hits } of this.#tallies.values()) total += hits
    return total
  }
}

function hit(key: string, durationMs: number | undefined): HoldfastEvent {
  return { type: 'read', key, result: 'hit', tier: 'l1', durationMs }
}
