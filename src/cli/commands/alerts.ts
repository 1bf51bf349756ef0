import type { AlertList, SilenceResponse } from '../../admin/contract/alerts.ts'
import { print, type AdminCommand } from '../command.ts'
import { ExitCode } from '../exit-code.ts'
import { table } from '../table.ts'
import { fromNow, timestamp } from '../units.ts'

/** What fires, what is about to, and what is silenced. */
export const alerts: AdminCommand<{ readonly all: boolean }> = async (context, { all }) => {
  const list = await context.admin.ask<AlertList>({ path: 'api/alerts' })
  const now = context.nowMs()
  const shown = list.alerts.filter(({ state }) => all || state === 'firing' || state === 'pending')
  print(context, list, () => [
    ...(shown.length === 0
      ? [`Nothing fires (${list.alerts.length} rules)`]
      : table(
          [{ title: 'ALERT' }, { title: 'STATE' }, { title: 'SEVERITY' }, { title: 'SINCE' }, { title: 'SUMMARY' }],
          shown.map(({ name, state, severity, sinceMs, summary, silenced }) => [
            name,
            silenced ? `${state}, silenced` : state,
            severity,
            fromNow(sinceMs, now),
            summary,
          ]),
        )),
    ...list.silences.map(
      ({ id, alert, by, reason, untilMs }) =>
        `silence ${id}: ${alert} until ${timestamp(untilMs)}, by ${by}: ${reason}`,
    ),
  ])
  return ExitCode.ok
}

export interface SilenceOptions {
  readonly alert: string
  readonly minutes: number
  readonly reason: string
}

export const silence: AdminCommand<SilenceOptions> = async (context, body) => {
  const { silences } = await context.admin.ask<SilenceResponse>({ method: 'POST', path: 'api/silences', body })
  print(context, { silences }, () => [`${body.alert} is silenced for ${body.minutes} minutes`])
  return ExitCode.ok
}

export const unsilence: AdminCommand<{ readonly id: string }> = async (context, { id }) => {
  const { silences } = await context.admin.ask<SilenceResponse>({
    method: 'DELETE',
    path: `api/silences/${encodeURIComponent(id)}`,
  })
  print(context, { silences }, () => [`The silence ${id} was taken back`])
  return ExitCode.ok
}
