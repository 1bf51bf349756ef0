/** What the doctor looks at and what it found. */

export type Severity = 'ok' | 'info' | 'warning' | 'critical'

export interface Finding {
  /** Stable: `redis-eviction-policy`. */
  readonly id: string
  readonly title: string
  /** `unknown`: it could not be looked at, and `evidence` says why. */
  readonly severity: Severity | 'unknown'
  /** What was seen. */
  readonly evidence: string
  /** What to do, a command where there is one; '' when nothing. */
  readonly fix: string
  /** A path in the documentation. */
  readonly link: string
}

/** GET api/doctor */
export interface DoctorReport {
  readonly atMs: number
  /** The worst first. */
  readonly findings: readonly Finding[]
  readonly worst: Severity
  readonly counts: Readonly<Record<Severity | 'unknown', number>>
}
