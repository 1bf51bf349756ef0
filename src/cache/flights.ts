/**
 * Single-flight: at most one load of a key runs in this process, and whoever misses the key meanwhile may join it. Whether
 * a joiner may have its value is judged by the joiner (get-or-set.ts): the load may have begun before an invalidation that
 * the joiner must see.
 */
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'

export interface Flight {
  readonly began: Moment
  readonly landed: Promise<CachedEntry>
}

export interface Flights {
  running(key: string): Flight | undefined
  start(key: string, began: Moment, load: () => Promise<CachedEntry>): Flight
}

export function createFlights(): Flights {
  const flights = new Map<string, Flight>()
  return {
    running: (key) => flights.get(key),
    start(key, began, load) {
      // Removed before anyone who waits goes on, so that a joiner who loads again never meets the flight that it refused.
      const landed = load().finally(() => flights.delete(key))
      const flight = { began, landed }
      flights.set(key, flight)
      return flight
    },
  }
}
