import type { Eviction, Held } from '../../src/store/eviction.ts'

/** Least recently used: a hit moves its entry to the front of the list. */
export function createLru(): Eviction {
  let head: Held | undefined
  let tail: Held | undefined

  const insert = (held: Held): void => {
    held.newer = undefined
    held.older = head
    if (head) head.newer = held
    else tail = held
    head = held
  }
  const remove = (held: Held): void => {
    if (held.newer) held.newer.older = held.older
    else head = held.older
    if (held.older) held.older.newer = held.newer
    else tail = held.newer
  }
  return {
    insert,
    remove,
    hit(held) {
      if (held === head) return
      remove(held)
      insert(held)
    },
    victim: () => tail,
    clear() {
      head = undefined
      tail = undefined
    },
  }
}
