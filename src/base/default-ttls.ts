import type { Duration } from './duration.ts'

type Kind = 'requirements' | 'features' | 'userSessions' | 'schemaValidation' | 'databaseQueries' | 'userPreferences'

/** How long each kind of data is fresh, in the spelling of the configuration. */
export const DEFAULT_TTLS: Readonly<Record<Kind, Duration>> = {
  requirements: '1h',
  features: '15m',
  userSessions: '30m',
  schemaValidation: '2h',
  databaseQueries: '5m',
  userPreferences: '24h',
}
