/** What happens next: a binary heap by time, and by order of arrival where times are equal. */
export interface Due {
  readonly dueUs: number
  readonly order: number
}

export class EventQueue<Event extends Due> {
  readonly #heap: Event[] = []

  push(event: Event): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || !isBefore(event, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = event
  }

  peek(): Event | undefined {
    return this.#heap[0]
  }

  pop(): Event | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      let below = heap[child]
      const right = heap[child + 1]
      if (below && right && isBefore(right, below)) {
        below = right
        child += 1
      }
      if (!below || !isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(left: Due, right: Due): boolean {
  return left.dueUs < right.dueUs || (left.dueUs === right.dueUs && left.order < right.order)
}
