/**
 * Virtual time. Everything that is not a microtask is an event here: a timer, a message that arrives, a deferred task, a
 * fault. Events run one by one in the order of their times, and between two of them every promise that can go on does, so
 * a run is decided by its seed alone.
 *
 * An event belongs to a machine or to the world. Those of a machine that stands still wait for it; those of a dead one
 * never happen. Real time plays no part, and nothing here waits for it.
 */
import { EventQueue } from './event-queue.ts'

/** Whose event it is. */
export interface Owner {
  readonly isAlive: boolean
  /** µs of virtual time at which it goes on; in the past when it runs. */
  readonly stalledUntilUs: number
}

interface Event {
  dueUs: number
  readonly order: number
  readonly owner: Owner
  readonly task: () => void
  isCancelled: boolean
}

/** The network, the servers and the faults: never stalled, never dead. */
export const WORLD: Owner = { isAlive: true, stalledUntilUs: 0 }

export class Scheduler {
  readonly #queue = new EventQueue<Event>()
  #nowUs = 0
  #order = 0
  #events = 0

  /** µs since the beginning of the run. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** How many events have run. */
  get events(): number {
    return this.#events
  }

  /** Runs `task` once, after `delayUs`; returns its cancellation. */
  after(delayUs: number, owner: Owner, task: () => void): () => void {
    return this.at(this.#nowUs + Math.max(0, delayUs), owner, task)
  }

  at(dueUs: number, owner: Owner, task: () => void): () => void {
    this.#order += 1
    const event: Event = {
      dueUs: Math.max(this.#nowUs, Math.round(dueUs)),
      order: this.#order,
      owner,
      task,
      isCancelled: false,
    }
    this.#queue.push(event)
    return () => {
      event.isCancelled = true
    }
  }

  /** Runs everything that is due up to `untilUs`, promises included. */
  runUntil(untilUs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (!this.#runNext(untilUs)) {
            this.#nowUs = untilUs
            resolve()
            return
          }
        } catch (error) {
          reject(error)
          return
        }
        next()
      }
      // A tick that is asked for in a microtask comes when no microtask is left: Node.js empties one queue before the other.
      const next = (): void => queueMicrotask(() => process.nextTick(step))
      next()
    })
  }

  #runNext(untilUs: number): boolean {
    for (;;) {
      const event = this.#queue.peek()
      if (!event || event.dueUs > untilUs) return false
      this.#queue.pop()
      const { owner } = event
      if (event.isCancelled || !owner.isAlive) continue
      if (owner.stalledUntilUs > event.dueUs) {
        event.dueUs = owner.stalledUntilUs
        this.#queue.push(event)
        continue
      }
      this.#nowUs = event.dueUs
      this.#events += 1
      event.task()
      return true
    }
  }
}
