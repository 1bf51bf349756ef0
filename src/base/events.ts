import type { HoldfastError } from './errors.ts'

/** How a read ended. `bypass`: Redis could not be asked, so the source was; `stale` is never served without being asked for. */
export type ReadResult = 'hit' | 'stale' | 'miss' | 'bypass'

/**
 * Why a value that is served is stale. `expired`: past its TTL and nothing else. `invalidated`: an invalidation is newer than
 * its load. `unverified`: from before a failover or restart, so an invalidation of it may be lost. `unheard`: not known to
 * be invalidated, but the log has not been heard from within the bound.
 */
export type StaleReason = 'expired' | 'invalidated' | 'unverified' | 'unheard'

/** Where the value of a hit came from. */
export type Tier = 'l1' | 'l2' | 'none'

/** Why a load was begun: a reader waited for it, it went on behind readers, or it was done before anyone asked. */
export type LoadTrigger = 'miss' | 'refresh' | 'warm'

/** The kinds of an invalidation's targets. */
export type TargetKind = 'key' | 'tag' | 'prefix' | 'glob' | 'all'

/** What became of a loaded or set value. `lease-lost`: another process took the load over, and its value is younger. */
export type FillOutcome = 'stored' | 'newer-kept' | 'lease-lost' | 'not-stored'

/** Everything the engine tells. Emitted in the asynchronous context of the caller it is about. */
export type HoldfastEvent =
  | {
      readonly type: 'read'
      readonly key: string
      readonly result: ReadResult
      readonly tier: Tier
      readonly durationMs: number
      /** Of a stale value that was served. */
      readonly why?: StaleReason
    }
  /** A load behind its readers: the value is past its TTL and within its grace, or will be soon. */
  | { readonly type: 'refresh'; readonly key: string; readonly why: RefreshReason }
  /** A load was not begun, since its source has as many under way and waiting as it may. */
  | { readonly type: 'shed'; readonly key: string; readonly source: string }
  | {
      readonly type: 'load'
      readonly key: string
      readonly outcome: 'ok' | 'error' | 'timeout'
      readonly trigger: LoadTrigger
      readonly durationMs: number
    }
  /** A read waits for a load that is under way, in this process or in another one. */
  | { readonly type: 'load-joined'; readonly key: string; readonly scope: 'process' | 'fleet' }
  | {
      readonly type: 'fill'
      readonly key: string
      readonly outcome: FillOutcome
      /** `set`: nothing was loaded, the value was given. */
      readonly trigger: LoadTrigger | 'set'
      readonly bytes: number
    }
  | {
      readonly type: 'invalidation'
      readonly id: string
      readonly kinds: readonly TargetKind[]
      readonly acknowledged: boolean
      readonly by?: string
      readonly reason?: string
    }
  /** Caching was switched on or off, in this process at once or by another one; each process tells it once. */
  | {
      readonly type: 'switch'
      readonly enabled: boolean
      readonly by: string
      readonly reason: string
    }
  /** What is not current was looked for in Redis and unlinked. */
  | {
      readonly type: 'sweep'
      readonly scanned: number
      readonly unlinked: number
      readonly durationMs: number
    }
  | { readonly type: 'log-state'; readonly state: 'ready' | 'unready'; readonly why: LogStateReason }
  | { readonly type: 'error'; readonly operation: string; readonly error: HoldfastError }

export type RefreshReason = 'expired' | 'early' | 'unverified'

/** Why the log became ready or stopped being so. */
export type LogStateReason = 'started' | 'new-epoch' | 'gap' | 'resynchronised'
