import type { Finding } from '../contract/doctor.ts'
import type { DoctorFacts } from './facts.ts'

/** What a check looks for. Its id stays, so that what a person has settled can be told from what is new. */
export interface Check {
  readonly id: string
  readonly title: string
  /** A path in the documentation. */
  readonly link: string
  readonly look: (facts: DoctorFacts) => Verdict
}

/** `absent`: there is nothing of the kind here, and no finding is made. */
export type Verdict = { readonly severity: 'absent' } | Pick<Finding, 'severity' | 'evidence' | 'fix'>

export const ABSENT: Verdict = { severity: 'absent' }

export const ok = (evidence: string): Verdict => ({ severity: 'ok', evidence, fix: '' })
export const info = (evidence: string, fix = ''): Verdict => ({ severity: 'info', evidence, fix })
export const warning = (evidence: string, fix: string): Verdict => ({ severity: 'warning', evidence, fix })
export const critical = (evidence: string, fix: string): Verdict => ({ severity: 'critical', evidence, fix })
export const unknown = (evidence: string, fix = ''): Verdict => ({ severity: 'unknown', evidence, fix })

/** A number of INFO. */
export function numberIn({ info: fields }: DoctorFacts, name: string): number | undefined {
  const value = Number(fields?.get(name) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
