import { costAwareTtl, type LoadContext } from 'holdfast'

/** How long each kind of value is fresh, in seconds. */
export const CACHE_TTL_SECONDS = {
  requirements: 3600,
  features: 900,
  user_sessions: 1800,
  schema_validation: 7200,
  database_queries: 300,
  user_preferences: 86_400,
} as const

// Anybody can ask for any id, and each "there is no such thing" takes room.
const ABSENT_TTL = '60s'

/** The TTL of a kind of value, as the cache takes it. */
export function cacheTtl(kind: keyof typeof CACHE_TTL_SECONDS): `${number}s` {
  return `${CACHE_TTL_SECONDS[kind]}s`
}

/**
 * The TTL of a query that looks at many documents: a second for each millisecond that it cost, up to that of
 * `database_queries`. However cheap, it is kept: the database is further away than the cache.
 */
export const queryTtl = costAwareTtl({ min: '60s', max: cacheTtl('database_queries'), perMs: '1s', cheaperThan: 0 })

/** What a loader gives for something that may not exist: null is cached like a value, only not for as long. */
export function nullIfAbsent<T>(value: T | undefined, context: LoadContext): T | null {
  if (value !== undefined) return value
  context.ttl(ABSENT_TTL)
  return null
}
