/**
 * The last things that happened to keys in this process, for a person who asks about one. Hits are left out: they are many,
 * and say nothing that the metrics do not say.
 */
import type { Clock } from '../base/clock.ts'
import type { HoldfastEvent } from '../base/events.ts'

export interface PastEvent {
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly event: HoldfastEvent
}

export interface RecentEvents {
  note(event: HoldfastEvent): void
  /** The events of a key, newest first. */
  of(key: string): readonly PastEvent[]
}

export function createRecentEvents(clock: Pick<Clock, 'wallMs'>, kept = 1000): RecentEvents {
  const ring: PastEvent[] = []
  let next = 0
  return {
    note(event) {
      if (!('key' in event) || (event.type === 'read' && event.result === 'hit')) return
      ring[next] = { atMs: clock.wallMs(), event }
      next = (next + 1) % kept
    },
    of: (key) =>
      [...ring.slice(0, next).toReversed(), ...ring.slice(next).toReversed()].filter(
        ({ event }) => 'key' in event && event.key === key,
      ),
  }
}
