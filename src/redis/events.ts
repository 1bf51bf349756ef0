import type { FailureKind } from '../base/errors.ts'
import type { BreakerStateName } from './breaker.ts'
import type { RedisHealth } from './health.ts'

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
