import { cacheTtl } from '../cache-ttl.ts'
import type { RunWrite } from '../invalidation.ts'
import { read, type CachedRead, type ReadThrough } from '../read-through.ts'
import { preferenceKeys } from './keys.ts'
import { DEFAULT_PREFERENCES, type Preferences, type StoredPreferences } from './preferences.ts'
import type { PreferencesRepository } from './repository.ts'

/** Preferences as the service reads and writes them. Those of an account that chose nothing are the defaults. */
export interface PreferencesOfAccounts {
  byId(id: string): Promise<StoredPreferences>
  /** Sets some of them and resolves to all. */
  change(id: string, change: Partial<Preferences>, by: string): Promise<StoredPreferences>
}

export interface PreferencesDeps {
  readonly repository: PreferencesRepository
  readonly cache: ReadThrough
  readonly runWrite: RunWrite
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

export function createPreferences({ repository, cache, runWrite, nowMs }: PreferencesDeps): PreferencesOfAccounts {
  const load = async (id: string): Promise<StoredPreferences> => ({
    ...DEFAULT_PREFERENCES,
    created_at: null,
    updated_at: null,
    ...(await repository.byId(id)),
    user_id: id,
  })
  const oneOf = (id: string): CachedRead<StoredPreferences> => ({
    key: preferenceKeys.byId(id),
    ttl: cacheTtl('user_preferences'),
    load: () => load(id),
  })
  return {
    byId: (id) => read(cache, oneOf(id)),
    async change(id, change, by) {
      const at = new Date(nowMs()).toISOString()
      await runWrite('preferences-changed', { id }, by, () => repository.change(id, change, at))
      return read(cache, oneOf(id))
    },
  }
}
