/**
 * Typed events for listeners that the engine does not know: metrics, logs, alerts. Listeners are called at once, in the
 * emitter's asynchronous context; a listener that throws is its own problem and never the reader's.
 */
export interface Emitter<Event> {
  emit(event: Event): void
  /** Whether anyone listens. */
  readonly listening: boolean
  /** Adds a listener; the returned function removes it. */
  on(listener: (event: Event) => void): () => void
}

export function createEmitter<Event>(): Emitter<Event> {
  return new Listeners()
}

// A class, since an object made of functions and getters is one that V8 looks everything up in.
class Listeners<Event> implements Emitter<Event> {
  readonly #listeners = new Set<(event: Event) => void>()

  get listening(): boolean {
    return this.#listeners.size > 0
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        // Out of this call stack, so that the read goes on; not swallowed, since a broken listener is a bug.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  on(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }
}
