/**
 * The hottest keys of a stream in bounded memory: Space-Saving (Metwally, Agrawal and El Abbadi, 2005). It holds
 * `capacity` counters; a key without one takes over the smallest, and its count with it. Of N touches, every key with more
 * than N ÷ capacity of them has a counter, and no count is too high by more than that. `sure` is the part of a count that
 * was seen of the key itself: what a key that came by last inherited is no heat.
 */

/** A key and how often it was read. */
export interface Heat {
  readonly key: string
  readonly heat: number
}

export interface HeatSketch {
  touch(key: string, weight: number): void
  /** What was surely seen, hottest first, and empties the sketch. */
  take(): readonly Heat[]
  /** As take(), and keeps it. */
  top(limit: number): readonly Heat[]
}

export function createHeatSketch(capacity: number): HeatSketch {
  const slots = new Map<string, number>()
  const keys: string[] = []
  const counts = new Float64Array(capacity)
  const sure = new Float64Array(capacity)

  // No counter is below `least` once all are taken. Many are at it, and the cursor finds the next of them in a few steps.
  let least = 0
  let cursor = 0

  function smallest(): number {
    for (;;) {
      for (let tried = 0; tried < capacity; tried += 1) {
        const slot = cursor
        cursor = slot + 1 === capacity ? 0 : slot + 1
        if ((counts[slot] ?? 0) <= least) return slot
      }
      least = counts.reduce((a, b) => Math.min(a, b))
    }
  }
  function slotFor(key: string): number {
    const slot = keys.length < capacity ? keys.length : smallest()
    slots.delete(keys[slot] ?? '')
    slots.set(key, slot)
    keys[slot] = key
    sure[slot] = 0
    return slot
  }
  const top = (limit: number): readonly Heat[] =>
    keys
      .map((key, slot) => ({ key, heat: sure[slot] ?? 0 }))
      .sort((a, b) => b.heat - a.heat)
      .slice(0, limit)
  return {
    touch(key, weight) {
      const slot = slots.get(key) ?? slotFor(key)
      counts[slot] = (counts[slot] ?? 0) + weight
      sure[slot] = (sure[slot] ?? 0) + weight
    },
    take() {
      const taken = top(capacity)
      slots.clear()
      keys.length = 0
      counts.fill(0)
      least = 0
      cursor = 0
      return taken
    },
    top,
  }
}
