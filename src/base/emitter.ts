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
  const listeners = new Set<(event: Event) => void>()
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          // Out of this call stack, so that the read goes on; not swallowed, since a broken listener is a bug.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
    get listening() {
      return listeners.size > 0
    },
    on(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
