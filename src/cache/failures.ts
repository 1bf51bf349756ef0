/**
 * Loads that failed lately in this process. With an `errorTtl` their error answers further reads of the key, so that a
 * source in trouble is not asked again by each of them; and a refresh behind a value in its grace waits a moment in any case.
 */
import type { Clock } from '../base/clock.ts'

export interface Failures {
  /** The error of the key's last load, when that failed less than `withinMs` ago. */
  recent(key: string, withinMs: number): { readonly error: unknown } | undefined
  note(key: string, error: unknown): void
  forget(key: string): void
}

interface Failure {
  readonly error: unknown
  readonly atMs: number
}

export function createFailures(clock: Clock, maxFailures = 10_000): Failures {
  // Oldest first: the map keeps the order in which they were noted.
  const failures = new Map<string, Failure>()
  return {
    recent(key, withinMs) {
      if (failures.size === 0 || withinMs <= 0) return undefined
      const failure = failures.get(key)
      return failure && clock.monoMs() - failure.atMs < withinMs ? failure : undefined
    },
    note(key, error) {
      failures.delete(key)
      failures.set(key, { error, atMs: clock.monoMs() })
      for (const oldest of failures.keys()) {
        if (failures.size <= maxFailures) break
        failures.delete(oldest)
      }
    },
    forget: (key) => void failures.delete(key),
  }
}
