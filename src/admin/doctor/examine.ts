/**
 * The doctor: looks once at Redis, at what lies in it and at this process, and says what is wrong, what was seen, and what to
 * do. It asks what is cheap, changes nothing but the mark of the namespace's owner, and needs no framework: the admin API
 * and the command line both use it.
 */
import type { DoctorReport, Finding, Severity } from '../contract/doctor.ts'
import { gather, type DoctorDeps, type DoctorFacts } from './facts.ts'
import type { Check } from './finding.ts'
import { memoryChecks } from './memory-checks.ts'
import { ownChecks } from './own-checks.ts'
import { wayChecks } from './way-checks.ts'

export const CHECKS: readonly Check[] = [...wayChecks, ...memoryChecks, ...ownChecks]

const ORDER: readonly Finding['severity'][] = ['critical', 'warning', 'unknown', 'info', 'ok']

/** Examines everything. Never throws for Redis: that it is away is a finding. */
export async function examine(deps: DoctorDeps): Promise<DoctorReport> {
  return judge(await gather(deps))
}

/** What is to be said of these facts. */
export function judge(facts: DoctorFacts): DoctorReport {
  const findings = CHECKS.flatMap(({ id, title, link, look }): Finding[] => {
    const verdict = look(facts)
    return verdict.severity === 'absent' || isUnasked(facts, verdict.severity) ? [] : [{ id, title, link, ...verdict }]
  }).sort((left, right) => ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity))
  const counts = { ok: 0, info: 0, warning: 0, critical: 0, unknown: 0 }
  for (const { severity } of findings) counts[severity] += 1
  const worst: Severity =
    counts.critical > 0 ? 'critical' : counts.warning > 0 ? 'warning' : counts.info > 0 ? 'info' : 'ok'
  return { atMs: facts.deps.clock.wallMs(), findings, worst, counts }
}

/** Without a Redis, and with one that does not answer, that is what there is to say; not each thing that could not be asked. */
function isUnasked({ deps: { redis }, unreachable }: DoctorFacts, severity: Finding['severity']): boolean {
  return severity === 'unknown' && (!redis || unreachable !== undefined)
}
