/** Work that no caller waits for, such as a fill. Closing the cache waits for what is under way. */
export interface Background {
  run(work: Promise<void>): void
  settled(): Promise<void>
}

export function createBackground(): Background {
  const running = new Set<Promise<void>>()
  return {
    run(work) {
      // Whoever starts background work tells of its failure by an event; anything else is a bug and surfaces as one.
      const tracked = work.finally(() => running.delete(tracked))
      running.add(tracked)
    },
    async settled() {
      await Promise.allSettled(running)
    },
  }
}
