import { seeded } from '../../support/seeded.ts'

/** All chance of a run, from its seed. A fork has numbers of its own, so that one part asking more does not move the others. */
export interface Dice {
  /** At least 0 and below 1. */
  fraction(): number
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly [T, ...T[]]): T
  /** 11 characters of base64url, like an epoch or an id. */
  id(): string
  fork(): Dice
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const RANGE = 2 ** 30

export function dice(seed: number): Dice {
  const numbers = seeded(seed)
  const below = (limit: number): number => numbers.below(limit)
  const fraction = (): number => below(RANGE) / RANGE
  return {
    fraction,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => fraction() < probability,
    pick: (items) => numbers.pick(items),
    id: () => Array.from({ length: 11 }, () => BASE64URL[below(64)]).join(''),
    fork: () => dice(below(2 ** 32)),
  }
}
