/**
 * Sessions of a service: kept in Redis, sealed so that only the cookie's owner and the service together can read them, and
 * ended everywhere at once. No framework is needed: a Cookie header goes in, headers for the response come out.
 *
 * It fails closed. While Redis is away nobody is taken for logged in, and no cookie is set or taken away.
 */
import { createEmitter } from '../base/emitter.ts'
import { ForgedRequestError, SessionUnavailableError } from '../base/errors.ts'
import { askingWith } from './asking.ts'
import { countSessions } from './census.ts'
import { findCookie } from './cookie.ts'
import { judgeOrigin, type RequestOrigin } from './csrf.ts'
import type { SessionDeps } from './deps.ts'
import { diagnose, type Diagnosis } from './doctor.ts'
import { countEvents, type SessionCounts, type SessionEvent } from './events.ts'
import { createLoginLimiter, type LoginLimiter } from './login-limiter.ts'
import { resolveSessionsOptions, type SessionsOptions } from './options.ts'
import { LoginMoments } from './login-moments.ts'
import { createRecords, type SessionRecords } from './records.ts'
import { Session, type Standing } from './session.ts'
import { sessionKeys } from './session-keys.ts'
import { createSessionStore } from './session-store.ts'
import { handleOf, parseToken } from './token.ts'
import { TouchTimes } from './touch-times.ts'
import { createUserSessions, type Device, type RevokeOptions } from './user-sessions.ts'

export interface Sessions {
  /**
   * The session of a request, by its Cookie header: one command of Redis, or none where the header holds no session. A
   * cookie that cannot be used counts as none.
   *
   * @throws SessionUnavailableError (ERR_HOLDFAST_SESSION_UNAVAILABLE) when Redis cannot be asked, unless `onUnavailable`
   * is 'anonymous'
   */
  load(cookieHeader: string | undefined): Promise<Session>
  /** The sessions of a user, the newest login first. @throws SessionUnavailableError, SessionInvalidError */
  list(user: string): Promise<readonly Device[]>
  /** Ends a session of a user by its handle; false when there is none. @throws SessionUnavailableError, SessionInvalidError */
  revoke(user: string, handle: string): Promise<boolean>
  /**
   * Ends the sessions of a user and logins that are under way: when the password changes, the account is closed, or the
   * user asks. Returns how many there were. @throws SessionUnavailableError, SessionInvalidError
   */
  revokeUser(user: string, options?: RevokeOptions): Promise<number>
  /** How many sessions live. Costs hundreds of small commands: ask once a minute. @throws SessionUnavailableError */
  count(): Promise<number>
  /** How often what happened, since this process began. */
  stats(): SessionCounts
  /** What about this Redis or these options puts sessions at risk. */
  diagnose(): Diagnosis
  /**
   * Lets a request pass that changes nothing, or comes from the application's own pages or a trusted origin.
   * @throws ForgedRequestError (ERR_HOLDFAST_SESSION_FORGED_REQUEST, 403)
   */
  checkOrigin(request: RequestOrigin): void
  /** The same safe-keeping for another session library, by ids of its own. */
  readonly records: SessionRecords
  /** How often a login may be tried. */
  readonly attempts: LoginLimiter
  /** Listens to what happens; the returned function stops it. */
  on(listener: (event: SessionEvent) => void): () => void
}

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) or KeyError (ERR_HOLDFAST_KEY, the namespace) when an option cannot work */
export function createSessions(options: SessionsOptions): Sessions {
  const resolved = resolveSessionsOptions(options)
  const { clock, cookie, onUnavailable, trustedOrigins, loginLimits, touchEveryMs } = resolved
  const events = createEmitter<SessionEvent>()
  const counts = countEvents(events)
  const keys = sessionKeys(resolved.namespace)
  const shared = { ...resolved, keys, events, ask: askingWith(events), moments: new LoginMoments(clock) }
  const store = createSessionStore({ ...shared, touches: new TouchTimes(clock, touchEveryMs) })
  const users = createUserSessions(shared)
  const deps: SessionDeps = { ...shared, store, users, counts }

  const standingOf = async (cookieHeader: string | undefined): Promise<Standing> => {
    const refuse = (why: Extract<SessionEvent, { type: 'cookie-refused' }>['why'], handle?: string): Standing => {
      events.emit({ type: 'cookie-refused', why, ...(handle !== undefined && { handle }) })
      return { name: 'absent' }
    }
    const found = findCookie(cookieHeader, cookie.name)
    if (found.state === 'none') return { name: 'absent' }
    if (found.state === 'refused') return refuse(found.why)
    const token = parseToken(found.value)
    if (!token) return refuse('malformed')
    const read = await store.read(token)
    if (read.state === 'open') {
      counts.resumed()
      return { name: 'open', stored: read.stored }
    }
    refuse(read.why, handleOf(token.hash))
    return { name: 'absent', ...(read.why === 'unknown' && { gone: token }) }
  }

  return {
    async load(cookieHeader) {
      try {
        return new Session(deps, await standingOf(cookieHeader))
      } catch (error) {
        if (!(error instanceof SessionUnavailableError) || onUnavailable === 'error') throw error
        return new Session(deps, { name: 'unavailable', error })
      }
    },
    list: (user) => users.list(user),
    revoke: (user, handle) => users.revoke(user, handle),
    revokeUser: (user, revokeOptions) => users.revokeUser(user, revokeOptions),
    count: () => countSessions(shared),
    stats: () => counts.read(),
    diagnose: () => diagnose(resolved),
    checkOrigin(request) {
      const verdict = judgeOrigin(request, trustedOrigins)
      if (verdict.allowed) return
      events.emit({ type: 'request-forged', why: verdict.why })
      throw new ForgedRequestError('This request does not come from a page of this application')
    },
    records: createRecords(deps, resolved.idleMs),
    attempts: createLoginLimiter({ ...shared, limits: loginLimits }),
    on: (listener) => events.on(listener),
  }
}
