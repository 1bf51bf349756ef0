import { randomBytes } from 'node:crypto'

import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { Random } from '../base/random.ts'
import type { KeyRing } from '../codec/key-ring.ts'
import type { SessionCookie } from './cookie.ts'
import type { EndReason, SessionCounter, SessionEvent } from './events.ts'
import type { LoginMoments } from './login-moments.ts'
import { bucketOf } from './session-keys.ts'
import { userTag, type SessionStore, type StoredSession } from './session-store.ts'
import { handleOf, SECRET_BYTES, tokenOf, type Token } from './token.ts'
import type { UserSessions } from './user-sessions.ts'

/** What the sessions of all requests share. */
export interface SessionDeps {
  readonly ring: KeyRing
  readonly clock: Clock
  readonly moments: LoginMoments
  readonly random: Random
  readonly events: Emitter<SessionEvent>
  readonly counts: SessionCounter
  readonly store: SessionStore
  readonly users: UserSessions
  readonly cookie: SessionCookie
  readonly absoluteMs: number
  readonly clearSiteData: string | false
}

/** A token in a bucket; without one, in any. */
export function newToken(bucket?: string): Token {
  const bytes = randomBytes(SECRET_BYTES + 1)
  return tokenOf(bucket ?? bucketOf(bytes[SECRET_BYTES] ?? 0), bytes.subarray(0, SECRET_BYTES))
}

/** Ends a session that was read, and tells when there still was one. @throws SessionUnavailableError */
export async function endSession(
  { store, ring, events }: SessionDeps,
  stored: StoredSession,
  why: EndReason,
): Promise<void> {
  if (!(await store.end(stored))) return
  events.emit({ type: 'session-ended', handle: handleOf(stored.token.hash), why, ...tagged(ring, stored) })
}

/** The user of a session, as events name one. */
export function tagged(ring: KeyRing, { document }: StoredSession): { readonly userTag?: string } {
  const tag = userTag(ring, document)
  return tag ? { userTag: tag.tag } : {}
}
