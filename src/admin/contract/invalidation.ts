/**
 * Invalidation in two steps. The first, with `dryRun`, counts what would go and hands out a token bound to these targets and
 * this caller; the second sends the same targets with the token. Whoever presses the button has seen the count.
 */

/** What to invalidate; at least one. */
export interface InvalidateTargets {
  readonly keys?: readonly string[]
  readonly tags?: readonly string[]
  /** A glob over keys; `*` is for those who may invalidate all. */
  readonly pattern?: string
  /** All keys that begin with this text, taken literally. */
  readonly prefix?: string
  readonly family?: string
  readonly all?: true
}

/** POST api/invalidate */
export interface InvalidateBody extends InvalidateTargets {
  readonly dryRun: boolean
  /** Why: stands in the audit trail. Needed to commit. */
  readonly reason?: string
  /** Of the dry run. Needed to commit. */
  readonly confirmToken?: string
  /** To commit `all`: the namespace, typed. */
  readonly typed?: string
  /** The environment that the caller believes this is. */
  readonly environment?: string
}

export type InvalidateResponse =
  | {
      readonly state: 'dry-run'
      /** Entries in Redis that would go. */
      readonly count: number
      /** `at-least`: the scan took as long as it may, and more may match. */
      readonly counted: 'exactly' | 'at-least' | 'unknown'
      readonly sample: readonly string[]
      readonly confirmToken: string
      readonly expiresAtMs: number
      /** What must be typed to commit; null when nothing. */
      readonly typeToConfirm: string | null
      readonly targets: readonly string[]
    }
  | {
      readonly state: 'done'
      /** `queued`: Redis is away; this process obeys it now, the fleet once Redis answers. */
      readonly result: 'acknowledged' | 'queued'
      readonly id: string
      /** Entries that the dry run counted. */
      readonly count: number
      readonly targets: readonly string[]
    }

/** POST api/warm */
export interface WarmBody {
  /** Steps by name; all when left out. */
  readonly steps?: readonly string[]
  readonly reason?: string
  readonly environment?: string
}

/** GET api/warm, and what POST answers at once (202): progress comes by the stream's `warm` events too. */
export interface WarmStatus {
  readonly state: 'idle' | 'running' | 'done' | 'failed'
  readonly steps: readonly string[]
  readonly done: number
  readonly failed: number
  readonly total: number | null
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
  readonly by: string | null
  /** What went wrong, ten at most. */
  readonly failures: readonly { readonly step: string; readonly key: string | null; readonly message: string }[]
}
