import type { Cache, Redis, Sessions } from 'holdfast'

/** What the service uses of Holdfast. */
export interface Holdfast {
  readonly redis: Redis
  readonly cache: Cache
  readonly sessions: Sessions
}
