/**
 * How somebody becomes logged in, and stops being it. The limits are asked before the password is looked at; the session
 * gets the account's role, and whoever changes role or password ends the sessions that were opened before.
 */
import type { Session, Sessions } from 'holdfast'

import { SESSION_ACCOUNT, type Account, type Role } from '../auth.ts'
import { HttpError } from '../errors.ts'
import type { Accounts } from './accounts.ts'

/** Who wants in, and from where. */
export interface Attempt {
  readonly session: Session
  readonly address: string
  /** What the list of devices will call it. */
  readonly label: string
}

export interface Login {
  /** @throws HttpError 401 for a wrong name or password, 429 after too many attempts */
  enter(attempt: Attempt, username: string, password: string): Promise<Account>
  /** Sets another password and ends all other sessions. @throws HttpError 401, 422, 429 */
  changePassword(attempt: Attempt, account: Account, current: string, next: string): Promise<void>
  /** Ends one session of the account of another; false when it has none of this handle. */
  endDevice(session: Session, handle: string): Promise<boolean>
  /** Sets a role and ends the account's sessions, so that it holds at once; how many. Undefined without such an account. */
  changeRole(id: string, role: Role): Promise<number | undefined>
}

export function createLogin(accounts: Accounts, sessions: Sessions): Login {
  const prove = async (address: string, username: string, password: string): Promise<Account> => {
    const attempt = { address, user: username.toLowerCase() }
    const verdict = await sessions.attempts.attempt(attempt)
    if (!verdict.allowed)
      throw new HttpError(429, 'Too many attempts: try again later', { 'Retry-After': verdict.retryAfter })
    const account = await accounts.verify(username, password)
    // One sentence for both, so that nobody learns which names exist.
    if (!account) throw new HttpError(401, 'The name or the password is wrong')
    await sessions.attempts.forgive(attempt)
    return account
  }
  return {
    async enter({ session, address, label }, username, password) {
      const account = await prove(address, username, password)
      await session.login(account.id, { label })
      session.set(SESSION_ACCOUNT, { user: account.user, role: account.role })
      return account
    },
    async changePassword({ session, address }, { user, id }, current, next) {
      await prove(address, user, current)
      await accounts.changePassword(id, next)
      await session.logoutOthers()
      await session.regenerate()
    },
    async endDevice(session, handle) {
      // What is no handle is none of a session.
      return /^[\w-]{1,64}$/.test(handle) && sessions.revoke(session.requireUser(), handle)
    },
    async changeRole(id, role) {
      return (await accounts.changeRole(id, role)) ? sessions.revokeUser(id) : undefined
    },
  }
}
