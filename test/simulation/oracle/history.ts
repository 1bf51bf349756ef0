/** What happened in a run, as its callers saw it: each thing with its virtual time and its place in the order of all. */
import type { Staleness } from '../../../src/cache/staleness.ts'
import type { Named } from './targets.ts'

export interface At {
  readonly us: number
  readonly order: number
}

/** One load of one key, or a value handed to `set`, which counts as loaded when it was called. */
export interface Load {
  readonly id: number
  readonly key: string
  readonly process: string
  readonly began: At
  readonly tags: readonly string[]
  readonly isSet: boolean
  ended?: At
  /** By the wall clock of the process that loaded it; infinite until it has ended. */
  freshUntilMs: number
}

export interface Invalidation {
  readonly process: string
  readonly named: Named
  readonly called: At
  /** Whether its own process must know of it from the call on. */
  readonly bindsCaller: boolean
  acknowledged?: At
}

export interface Read {
  readonly key: string
  readonly process: string
  readonly began: At
  readonly isStrict: boolean
  /** What it may be served that is not fresh, when it is told. */
  readonly asked: { readonly expired: boolean; readonly invalidated: boolean; readonly unverified: boolean }
  staleness?: Staleness
}

/** The value of every key: which load it is from. */
export interface Value {
  readonly load: number
}

export type ViolationKind =
  | 'stale'
  | 'strict-stale'
  | 'own-stale'
  | 'never-loaded'
  | 'expired'
  | 'unasked-stale'
  | 'two-loads'
  | 'vain-wait'
  | 'younger-lost'
  | 'current-lost'
  | 'unbounded-wait'
  | 'unexpected-error'
  | 'not-healed'

export interface Violation {
  readonly kind: ViolationKind
  readonly at: At
  readonly what: string
}
