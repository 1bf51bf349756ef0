/**
 * Single-flight: at most one load of a key is under way in this process, and whoever misses the key meanwhile may join it.
 * Whether a joiner may have its value is judged by the joiner (get-or-set.ts): the load may have begun before an invalidation
 * that the joiner must see.
 */
import type { CachedEntry } from './cached-entry.ts'

export interface Flights {
  running(key: string): Promise<CachedEntry> | undefined
  start(key: string, load: () => Promise<CachedEntry>): Promise<CachedEntry>
}

export function createFlights(): Flights {
  const flights = new Map<string, Promise<CachedEntry>>()
  return {
    running: (key) => flights.get(key),
    start(key, load) {
      // Removed before anyone who waits goes on, so that a joiner who loads again never meets the flight that it refused.
      const flight = load().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}
