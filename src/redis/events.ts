import type { FailureKind } from '../base/errors.ts'
import type { ServerInfo } from './info.ts'

export type BreakerStateName = 'closed' | 'open' | 'half-open'

export interface RedisHealth {
  /** `down`: it answers nothing. `degraded`: it answers reads and refuses writes, or its breaker is not closed. */
  readonly state: 'unknown' | 'ok' | 'degraded' | 'down'
  /** What is wrong, worst first, each a sentence. */
  readonly problems: readonly string[]
  /** What will be wrong one day. */
  readonly warnings: readonly string[]
  readonly checkedAtMs: number
  readonly readMs?: number
  readonly writeMs?: number
  readonly breaker: BreakerStateName
  readonly server: ServerInfo
}

/** What a Redis tells about itself. */
export type RedisEvent =
  | { readonly type: 'connection-ready'; readonly connection: string }
  | {
      readonly type: 'connection-lost'
      readonly connection: string
      readonly failure: FailureKind
      readonly why: string
    }
  /** A command that failed, once for each. */
  | { readonly type: 'command-failed'; readonly operation: string; readonly failure: FailureKind; readonly why: string }
  /** Something that a command met on its way and survived: a script sent again, a slot that moved. */
  | { readonly type: 'survived'; readonly operation: string; readonly failure: FailureKind }
  | { readonly type: 'breaker'; readonly from: BreakerStateName; readonly to: BreakerStateName }
  | { readonly type: 'health'; readonly health: RedisHealth }
