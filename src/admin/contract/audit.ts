/** The audit trail: who did what, also what was refused. */

export type AuditAction =
  | 'invalidate'
  | 'warm'
  | 'switch'
  | 'change-ttl'
  | 'revoke-session'
  | 'revoke-user'
  | 'silence'
  | 'unsilence'

export interface AuditRow {
  /** Rises: the id in the stream, or `m-…` while it waits in memory. */
  readonly id: string
  readonly atMs: number
  readonly user: string
  readonly role: string
  /** The address of whoever asked. */
  readonly from: string
  readonly action: AuditAction
  readonly targets: readonly string[]
  readonly reason: string
  readonly count: number | null
  readonly dryRun: boolean
  /** `refused`: nothing was done. `failed`: it was tried. */
  readonly result: 'done' | 'queued' | 'refused' | 'failed'
  /** Of what was refused or failed: the problem's code. */
  readonly code: string | null
  readonly environment: string
}

/** GET api/audit?before&limit&search&action&user&result&fromMs&toMs, newest first. */
export interface AuditPage {
  readonly rows: readonly AuditRow[]
  /** Give it as `before` for the older page; null at the end. A page may be empty and yet not the last. */
  readonly before: string | null
  /** `memory`: Redis is away and these are the rows that wait in this process. */
  readonly store: 'redis' | 'memory'
  /** Rows that wait to be written to Redis, and rows that were lost since memory is bounded too. */
  readonly waiting: number
  readonly lost: number
}
