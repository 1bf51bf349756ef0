import { randomBytes } from 'node:crypto'

import type { Accounts } from './accounts/accounts.ts'
import type { Role } from './auth.ts'

/** Somebody to log in as while trying things out. */
export interface DemoAccount {
  readonly username: string
  readonly role: Role
  /** Undefined when an earlier start made the account: only that one knows it. */
  readonly password: string | undefined
}

const DEMO: readonly (readonly [username: string, role: Role])[] = [
  ['ada', 'admin'],
  ['uma', 'user'],
  ['gus', 'guest'],
]

/** Makes an account of each role, with passwords that are drawn: for dev alone. */
export async function createDemoAccounts(
  accounts: Pick<Accounts, 'exists' | 'register'>,
): Promise<readonly DemoAccount[]> {
  return Promise.all(
    DEMO.map(async ([username, role]) => {
      if (await accounts.exists(username)) return { username, role, password: undefined }
      // The ending has the kinds of characters that a password needs.
      const password = `${randomBytes(9).toString('base64url')}-Aa1`
      await accounts.register(username, password, role)
      return { username, role, password }
    }),
  )
}
