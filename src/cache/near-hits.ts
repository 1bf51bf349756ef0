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
import { HITS_PER_SAMPLE, type HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import { gaps } from './gaps.ts'

/** Families told apart. */
const MAX_FAMILIES = 100
/** The hits of keys of no family, and of those beyond the hundred. */
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
  readonly #declared = new Set<string>()
  #families: readonly string[] = []
  readonly #gap: () => number
  #left: number

  constructor({ clock, random, events }: NearHitsDeps) {
    this.#clock = clock
    this.#events = events
    this.#gap = gaps(HITS_PER_SAMPLE, random)
    this.#left = this.#gap()
  }

  /** Tells a family apart from now on: a key is what a stranger may choose, so only names that code gives are told apart. */
  declare(family: string): void {
    if (this.#declared.has(family)) return
    this.#declared.add(family)
    this.#families = [...this.#families, family]
  }

  /** What was declared: the same list until there is more. */
  get families(): readonly string[] {
    return this.#families
  }

  /** Where the hits of a key are counted: with those of its family, else with all others. */
  tallyOf(key: string): Tally {
    return this.#tallyNamed(familyOf(key, this.#declared))
  }

  #tallyNamed(family: string): Tally {
    const known = this.#tallies.get(family)
    if (known) return known
    if (this.#tallies.size >= MAX_FAMILIES && family !== OTHERS) return this.#tallyNamed(OTHERS)
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

/** The longest declared name that stands before a colon of the key: a name may hold colons itself. */
function familyOf(key: string, declared: ReadonlySet<string>): string {
  let found = OTHERS
  for (let end = key.indexOf(':'); end >= 0; end = key.indexOf(':', end + 1)) {
    const name = key.slice(0, end)
    if (declared.has(name)) found = name
  }
  return found
}
