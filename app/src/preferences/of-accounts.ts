import { DEFAULT_PREFERENCES, type Preferences, type StoredPreferences } from './preferences.ts'
import type { PreferencesRepository } from './repository.ts'

/** Preferences as the service reads and writes them. Those of an account that chose nothing are the defaults. */
export interface PreferencesOfAccounts {
  byId(id: string): Promise<StoredPreferences>
  /** Sets some of them and resolves to all. */
  change(id: string, change: Partial<Preferences>): Promise<StoredPreferences>
}

export interface PreferencesDeps {
  readonly repository: PreferencesRepository
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

export function createPreferences({ repository, nowMs }: PreferencesDeps): PreferencesOfAccounts {
  const byId = async (id: string): Promise<StoredPreferences> => ({
    ...DEFAULT_PREFERENCES,
    created_at: null,
    updated_at: null,
    ...(await repository.byId(id)),
    user_id: id,
  })
  return {
    byId,
    async change(id, change) {
      await repository.change(id, change, new Date(nowMs()).toISOString())
      return byId(id)
    },
  }
}
