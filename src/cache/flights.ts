/**
 * Single-flight: at most one load of a key is under way in this process, and whoever misses the key meanwhile may join it.
 * Whether a joiner may have its value is judged by the joiner (share-load.ts): the load may have begun before an
 * invalidation that the joiner must see. A refresh gives nothing when another process has the load.
 */
import type { CachedEntry } from './cached-entry.ts'

export type Flight = Promise<CachedEntry | undefined>

export interface Flights {
  running(key: string): Flight | undefined
  start<F extends Flight>(key: string, load: () => F): F
}

export function createFlights(): Flights {
  const flights = new Map<string, Flight>()
  return {
    running: (key) => flights.get(key),
    start(key, load) {
      // Removed before anyone who waits goes on, so that a joiner who loads again never meets the flight that it refused.
      const flight = load().finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight as typeof flight & ReturnType<typeof load>
    },
  }
}
