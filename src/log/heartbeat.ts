/**
 * The regular heartbeat. It keeps the lease young so that reads seldom have to, repeats what failed, and tells whether
 * Redis answered the last time, so that reads of an unreachable Redis go to the source without asking.
 */
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { HoldfastError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'

export interface HeartbeatDeps {
  readonly clock: Clock
  readonly events: Emitter<HoldfastEvent>
  readonly heartbeatMs: number
  readonly hear: () => Promise<void>
}

export interface Heartbeat {
  /** Settles when the first heartbeat has ended, either way. */
  readonly started: Promise<void>
  /** Whether the last one was answered; true before the first has ended. */
  answered(): boolean
  close(): void
}

export function startHeartbeat({ clock, events, heartbeatMs, hear }: HeartbeatDeps): Heartbeat {
  let answered = true
  let closed = false
  let cancel = (): void => undefined

  const beat = async (): Promise<void> => {
    try {
      await hear()
      answered = true
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      if (answered && !closed) events.emit({ type: 'error', operation: 'heartbeat', error })
      answered = false
    }
    if (!closed) cancel = clock.after(heartbeatMs, () => void beat())
  }

  return {
    started: beat(),
    answered: () => answered,
    close() {
      closed = true
      cancel()
    },
  }
}
