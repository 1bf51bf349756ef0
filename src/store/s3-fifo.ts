/**
 * S3-FIFO (Yang et al., "FIFO Queues are All You Need for Cache Eviction", SOSP 2023): a small queue of a tenth of the
 * entries for what is new, a main queue for what was asked for again, and the names of those that left the small one
 * unasked, as many as the store may hold: who comes back while it is remembered goes to the main queue. So what is asked for
 * once leaves soon, and a scan or a loop cannot push out what is used. A hit counts to three and moves nothing.
 *
 * The tenth is of what is kept now, since a store may be full by its bytes long before its entries.
 */
import type { Eviction, Held } from './eviction.ts'

interface Queue {
  size: number
  head: Held | undefined
  tail: Held | undefined
}

const MOST_VISITS = 3
/** In `mark`, beside the visits: this entry stands in the main queue. */
const MAIN = 4

/** @param capacity how many names of entries that left are remembered: as many as the store may hold entries */
export function createS3Fifo(capacity: number): Eviction {
  const small: Queue = { size: 0, head: undefined, tail: undefined }
  const main: Queue = { size: 0, head: undefined, tail: undefined }
  // A ring beside the set: to find the oldest of a Set, V8 walks over all that have left it.
  const ghosts = new Set<string>()
  const ring: string[] = []
  let turn = 0

  const queueOf = (held: Held): Queue => (held.mark & MAIN ? main : small)
  const push = (queue: Queue, held: Held): void => {
    held.newer = undefined
    held.older = queue.head
    if (queue.head) queue.head.newer = held
    else queue.tail = held
    queue.head = held
    queue.size += 1
  }
  const take = (queue: Queue, held: Held): void => {
    if (held.newer) held.newer.older = held.older
    else queue.head = held.older
    if (held.older) held.older.newer = held.newer
    else queue.tail = held.newer
    queue.size -= 1
  }
  const remember = (key: string): void => {
    ghosts.delete(ring[turn] ?? '')
    ghosts.add(key)
    ring[turn] = key
    turn = (turn + 1) % capacity
  }
  const fromMain = (): Held | undefined => {
    for (let held = main.tail; held; held = main.tail) {
      if ((held.mark & MOST_VISITS) === 0) return held
      held.mark -= 1
      take(main, held)
      push(main, held)
    }
    return undefined
  }
  const fromSmall = (): Held | undefined => {
    for (let held = small.tail; held; held = small.tail) {
      if (held.mark <= 1) {
        remember(held.key)
        return held
      }
      take(small, held)
      held.mark = MAIN
      push(main, held)
    }
    return undefined
  }
  return {
    insert(held) {
      held.mark = ghosts.delete(held.key) ? MAIN : 0
      push(queueOf(held), held)
    },
    hit(held) {
      if ((held.mark & MOST_VISITS) < MOST_VISITS) held.mark += 1
    },
    remove: (held) => take(queueOf(held), held),
    victim: () => (small.size * 9 >= main.size ? (fromSmall() ?? fromMain()) : (fromMain() ?? fromSmall())),
    clear() {
      for (const queue of [small, main]) Object.assign(queue, { size: 0, head: undefined, tail: undefined })
      ghosts.clear()
      ring.length = 0
      turn = 0
    },
  }
}
