import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { HoldfastEvent, LoadTrigger } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import type { Codec } from '../codec/codec.ts'
import type { InvalidationLog } from '../log/log.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import type { GuardedStore } from '../store/guarded-store.ts'
import type { Background } from './background.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { Form } from './content.ts'
import type { Failures } from './failures.ts'
import type { Fleet } from './fleet.ts'
import type { Flights } from './flights.ts'
import type { LoadLimits } from './load-limit.ts'
import type { ResolvedCacheOptions } from './options.ts'
import type { GetOrSetOptions, ResolvedLoadOptions } from './read-options.ts'
import type { RecentEvents } from './recent-events.ts'

/** What the engine's verbs work with. */
export interface CacheDeps {
  readonly options: ResolvedCacheOptions
  readonly codec: Codec
  readonly clock: Clock
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
  readonly log: InvalidationLog
  readonly l1: MemoryStore<CachedEntry>
  /** Missing in a cache without Redis. */
  readonly l2: GuardedStore | undefined
  readonly flights: Flights
  readonly failures: Failures
  /** Refreshes that another process was found to have under way. */
  readonly elsewhere: Failures
  readonly limits: LoadLimits
  /** Missing in a cache without Redis, or without leases. */
  readonly fleet: Fleet | undefined
  readonly background: Background
  /** Options of one read over those of the cache. @throws ConfigError, KeyError (a tag) */
  readonly resolve: (given: GetOrSetOptions, form: Form) => ResolvedLoadOptions
  readonly recent: RecentEvents
  /** Why these verbs load, for those who count loads. */
  readonly trigger: LoadTrigger
}
