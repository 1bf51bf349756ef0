/** Routes of alerts, of the doctor and of the audit trail. */
import type { AlertList, AlertRow, SilenceBody, SilenceResponse } from '../contract/alerts.ts'
import type { AuditPage } from '../contract/audit.ts'
import type { DoctorReport } from '../contract/doctor.ts'
import type { AuditFilter } from '../audit/trail.ts'
import type { AdminDeps, AdminRequest } from '../deps.ts'
import { examine } from '../doctor/examine.ts'
import { Problem } from '../problem.ts'
import type { AlertsSource } from '../sources.ts'

const ORDER: readonly AlertRow['state'][] = ['firing', 'pending', 'resolved', 'inactive']

export function alerts(deps: AdminDeps): AlertList {
  const source = alertsOf(deps)
  const { alerts: rows, history } = source.list()
  const sorted = [...rows].sort((left, right) => ORDER.indexOf(left.state) - ORDER.indexOf(right.state))
  return { alerts: sorted, history, silences: source.silences() }
}

export async function silence(deps: AdminDeps, { body, caller, note }: AdminRequest): Promise<SilenceResponse> {
  const { alert, minutes, reason } = body as SilenceBody
  note({ targets: [`${alert} for ${minutes} minutes`], reason })
  const source = alertsOf(deps)
  if (alert !== '*' && !source.list().alerts.some(({ name }) => name === alert))
    throw new Problem('not-found', `There is no alert ${alert}`)
  await source.silence({ alert, by: caller.user, reason, untilMs: deps.clock.wallMs() + minutes * 60_000 })
  return { silences: source.silences() }
}

export async function unsilence(deps: AdminDeps, { params, note }: AdminRequest): Promise<SilenceResponse> {
  const id = params['id'] ?? ''
  note({ targets: [id] })
  const source = alertsOf(deps)
  if (!(await source.unsilence(id))) throw new Problem('not-found', 'There is no such silence: it may have ended')
  return { silences: source.silences() }
}

export async function audit(deps: AdminDeps, { query }: AdminRequest): Promise<AuditPage> {
  const filter = query as AuditFilter
  if (filter.before !== undefined && !/^\d{1,20}-\d{1,20}$/.test(filter.before))
    throw new Problem('bad-request', 'before is none that a page gave')
  return deps.audit.page(filter)
}

export async function doctor({ options, clock }: AdminDeps): Promise<DoctorReport> {
  const { cache, redis, sessions, env, environment } = options
  return examine({ cache, redis, sessions, env, environment: environment.label, clock })
}

function alertsOf({ options }: AdminDeps): AlertsSource {
  if (options.alerts) return options.alerts
  throw new Problem('not-available', 'This deployment judges no alerts')
}
