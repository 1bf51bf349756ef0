import type { Emitter } from '../base/emitter.ts'
import { SessionUnavailableError, StoreError } from '../base/errors.ts'
import type { SessionEvent } from './events.ts'

/** Asks Redis; what Redis fails at is told, and thrown as a SessionUnavailableError. Anything else is a bug and passes. */
export type Asking = <T>(operation: string, ask: () => Promise<T>) => Promise<T>

export function askingWith(events: Emitter<SessionEvent>): Asking {
  return async (operation, ask) => {
    try {
      return await ask()
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause
      const error = new SessionUnavailableError(`Sessions cannot be asked now: ${cause.message}`, { cause })
      events.emit({ type: 'sessions-unavailable', operation, error })
      throw error
    }
  }
}
