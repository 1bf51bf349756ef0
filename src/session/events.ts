/**
 * What sessions tell. No event holds a token, a cookie, data or a user id: a session is named by its handle, a user by a
 * keyed hash. So events may be logged as they are, and what a user typed cannot forge a line of the log.
 */
import type { Emitter } from '../base/emitter.ts'
import type { HoldfastError } from '../base/errors.ts'

/** Why a cookie was not taken. */
export type RefusedCookie =
  /** Not a token of this library. Redis was not asked. */
  | 'malformed'
  /** Two cookies of the name. Redis was not asked. */
  | 'duplicate'
  /** A Cookie header of more than 8 KiB. Redis was not asked. */
  | 'oversized'
  /** There is no such session, or not any more. */
  | 'unknown'
  /** Past its absolute limit. */
  | 'expired'
  /** Sealed with a key that this process does not have. */
  | 'unknown-key'
  /** Changed, moved, or not written by this library. */
  | 'unreadable'

/** Why a session ended. */
export type EndReason = 'logout' | 'login' | 'revoked' | 'cap'

export type SessionEvent =
  | { readonly type: 'session-created'; readonly handle: string; readonly userTag?: string }
  /** It has another token now. */
  | { readonly type: 'session-renewed'; readonly handle: string; readonly before: string; readonly userTag?: string }
  | { readonly type: 'session-ended'; readonly handle: string; readonly why: EndReason; readonly userTag?: string }
  /** A user was logged out everywhere, or everywhere else. */
  | { readonly type: 'user-revoked'; readonly userTag: string; readonly sessions: number }
  | { readonly type: 'cookie-refused'; readonly why: RefusedCookie; readonly handle?: string }
  /** A write came after the session had ended, and was dropped. */
  | { readonly type: 'write-dropped'; readonly handle: string }
  /** Another request wrote first; the changes were made on top of its. */
  | { readonly type: 'write-merged'; readonly handle: string }
  | { readonly type: 'login-refused'; readonly userTag: string; readonly why: 'revoked' }
  | { readonly type: 'attempt-limited'; readonly by: 'address' | 'user' | 'pair'; readonly userTag: string }
  | { readonly type: 'request-forged'; readonly why: 'site' | 'origin' | 'token' }
  | { readonly type: 'sessions-unavailable'; readonly operation: string; readonly error: HoldfastError }

/**
 * How often each kind of event was told, those with a reason by it: `cookie-refused:malformed`; and `session-resumed`, how
 * often a request came with a session that lives.
 */
export type SessionCounts = Readonly<Record<string, number>>

export interface SessionCounter {
  /** Counts a request with a session that lives. Nobody is told: listeners hear what changes, not each request. */
  resumed(): void
  read(): SessionCounts
}

/** Counts events as they are told, and what is not told. */
export function countEvents(events: Emitter<SessionEvent>): SessionCounter {
  const counts = new Map<string, number>()
  let resumed = 0
  events.on((event) => {
    const name = 'why' in event ? `${event.type}:${event.why}` : event.type
    counts.set(name, (counts.get(name) ?? 0) + 1)
  })
  return {
    resumed() {
      resumed += 1
    },
    read: () => ({ ...Object.fromEntries(counts), ...(resumed > 0 && { 'session-resumed': resumed }) }),
  }
}
