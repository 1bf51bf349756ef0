import { createHash } from 'node:crypto'

import type { Db } from '@datastax/astra-db-ts'

import type { Role } from '../auth.ts'
import { isDuplicate, openCollection, type Stored, type WriteOutcome } from '../database.ts'

/** An account as it is stored. */
export interface StoredAccount extends Stored {
  readonly _id: string
  readonly username: string
  readonly role: Role
  /** See password.ts. */
  readonly password: string
  /** ISO 8601 in UTC. */
  readonly created_at: string
}

/** Where accounts are kept. They are never cached: who may log in is asked of the database. */
export interface AccountsRepository {
  byId(id: string): Promise<StoredAccount | undefined>
  insert(account: StoredAccount): Promise<WriteOutcome>
  /** False when there is no such account. */
  change(id: string, change: Partial<Pick<StoredAccount, 'role' | 'password'>>): Promise<boolean>
  all(): Promise<readonly Omit<StoredAccount, 'password'>[]>
}

/** The id of a name: the same for each of its spellings, which makes names unique, and no name where ids are seen. */
export function accountId(username: string): string {
  return `u-${createHash('sha256').update(username.toLowerCase()).digest('base64url').slice(0, 22)}`
}

export function createAstraAccounts(db: Db): AccountsRepository {
  const collection = openCollection<StoredAccount>(db, 'accounts')
  return {
    byId: async (id) => (await collection.findOne({ _id: id })) ?? undefined,
    async insert(account) {
      try {
        await collection.insertOne(account)
        return 'applied'
      } catch (error) {
        if (isDuplicate(error)) return 'refused'
        throw error
      }
    },
    async change(id, change) {
      const { matchedCount } = await collection.updateOne({ _id: id }, { $set: change })
      return matchedCount === 1
    },
    async all() {
      const found = await collection.find({}, { projection: { username: 1, role: 1, created_at: 1 } }).toArray()
      return found.map(({ _id, username, role, created_at }) => ({ _id, username, role, created_at }))
    },
  }
}
