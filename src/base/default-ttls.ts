import type { Duration } from './duration.ts'

/** How long each kind of data of the TTRPG Center is fresh, in the spelling of the configuration. */
export const DEFAULT_TTLS = {
  requirements: '1h',
  features: '15m',
  userSessions: '30m',
  schemaValidation: '2h',
  databaseQueries: '5m',
  userPreferences: '24h',
} as const satisfies Readonly<Record<string, Duration>>
