import { HttpError, unprocessable } from '../errors.ts'
import type { Account, Role } from '../auth.ts'
import { hashPassword, isPassword, passwordProblems } from './password.ts'
import { accountId, type AccountsRepository } from './repository.ts'

/** An account as an admin sees it. */
export interface AccountLine {
  readonly user_id: string
  readonly username: string
  readonly role: Role
  readonly created_at: string
}

/** Who has an account, and the proof of it. */
export interface Accounts {
  /** @throws HttpError 409 when the name is taken, 422 for a weak password */
  register(username: string, password: string, role: Role): Promise<Account>
  /** The account if it is its password; takes as long for a name that nobody has. */
  verify(username: string, password: string): Promise<Account | undefined>
  /** @throws HttpError 422 for a weak password */
  changePassword(id: string, password: string): Promise<void>
  /** False when there is no such account. */
  changeRole(id: string, role: Role): Promise<boolean>
  exists(username: string): Promise<boolean>
  list(): Promise<readonly AccountLine[]>
}

export interface AccountsDeps {
  readonly repository: AccountsRepository
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

export function createAccounts({ repository, nowMs }: AccountsDeps): Accounts {
  let nobodys: Promise<string> | undefined
  return {
    async register(username, password, role) {
      checkPassword(password)
      const id = accountId(username)
      if (await repository.byId(id)) throw taken()
      const created_at = new Date(nowMs()).toISOString()
      const account = { _id: id, username, role, password: await hashPassword(password), created_at }
      if ((await repository.insert(account)) === 'refused') throw taken()
      return { id, user: username, role }
    },
    async verify(username, password) {
      const found = await repository.byId(accountId(username))
      nobodys ??= hashPassword('nobody has it')
      const isRight = await isPassword(password, found?.password ?? (await nobodys))
      return found && isRight ? { id: found._id, user: found.username, role: found.role } : undefined
    },
    async changePassword(id, password) {
      checkPassword(password)
      await repository.change(id, { password: await hashPassword(password) })
    },
    changeRole: (id, role) => repository.change(id, { role }),
    exists: async (username) => (await repository.byId(accountId(username))) !== undefined,
    async list() {
      const all = await repository.all()
      return all
        .map(({ _id, ...line }) => ({ user_id: _id, ...line }))
        .sort((one, other) => (one.username < other.username ? -1 : 1))
    },
  }
}

function taken(): HttpError {
  return new HttpError(409, 'This name is taken')
}

function checkPassword(password: string): void {
  const lacks = passwordProblems(password)
  if (lacks.length === 0) return
  // The password itself is not sent back.
  const msg = `The password needs ${lacks.join(', ')}`
  throw unprocessable([{ type: 'weak_password', loc: ['body', 'password'], msg, input: null }])
}
