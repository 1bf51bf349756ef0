import type { Db } from '@datastax/astra-db-ts'

import { openCollection, type Stored } from '../database.ts'
import type { Preferences } from './preferences.ts'

/** What an account has chosen; what it has not is missing. */
export type ChosenPreferences = Partial<Preferences> & { readonly created_at: string; readonly updated_at: string }

/** Where preferences are kept, by a client that caches by itself. */
export interface PreferencesRepository {
  byId(id: string): Promise<ChosenPreferences | undefined>
  /** Sets some of them, in one step. */
  change(id: string, change: Partial<Preferences>, at: string): Promise<void>
}

type StoredChoice = Stored & ChosenPreferences

export function createAstraPreferences(db: Db): PreferencesRepository {
  const collection = openCollection<StoredChoice>(db, 'preferences')
  return {
    async byId(id) {
      const stored = await collection.findOne({ _id: id })
      if (!stored) return undefined
      const { _id, ...chosen } = stored
      return chosen
    },
    async change(id, change, at) {
      const update = { $set: { ...change, updated_at: at }, $setOnInsert: { created_at: at } }
      await collection.updateOne({ _id: id }, update, { upsert: true })
    },
  }
}
