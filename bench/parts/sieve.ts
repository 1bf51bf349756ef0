/**
 * SIEVE (Zhang et al., NSDI 2024): new entries enter at the head; a hit only sets a mark; the hand walks from the tail
 * towards the head, spares what was visited once, and takes the first that was not. A hit moves nothing, which makes it
 * cheaper than LRU, and what is asked for once leaves sooner.
 */
import type { Eviction, Held } from '../../src/store/eviction.ts'

const NEW = 0
const VISITED = 1

export function createSieve(): Eviction {
  let head: Held | undefined
  let tail: Held | undefined
  let hand: Held | undefined

  return {
    insert(held) {
      held.mark = NEW
      held.newer = undefined
      held.older = head
      if (head) head.newer = held
      else tail = held
      head = held
    },
    hit(held) {
      held.mark = VISITED
    },
    remove(held) {
      if (held.newer) held.newer.older = held.older
      else head = held.older
      if (held.older) held.older.newer = held.newer
      else tail = held.newer
      if (hand === held) hand = held.newer
    },
    victim() {
      let candidate = hand ?? tail
      while (candidate?.mark === VISITED) {
        candidate.mark = NEW
        candidate = candidate.newer ?? tail
      }
      hand = candidate
      return candidate
    },
    clear() {
      head = undefined
      tail = undefined
      hand = undefined
    },
  }
}
