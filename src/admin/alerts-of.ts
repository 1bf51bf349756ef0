/**
 * The alerts of this process as the admin API shows them. They tell no one of their turns but their sinks, so what fired and
 * was resolved is noted when somebody looks: which the page does each second while it is open.
 */
import { systemClock, type Clock } from '../base/clock.ts'
import type { Alerts, AlertView } from '../insight/alerts.ts'
import { RUNBOOKS } from '../insight/rule-file.ts'
import type { AlertList, AlertRow } from './contract/alerts.ts'
import type { AlertsSource } from './sources.ts'

const HISTORY = 50

/** What `createAdmin` takes as its `alerts`. Whoever made them closes them. */
export function alertsOf(
  alerts: Pick<Alerts, 'list' | 'silence' | 'unsilence' | 'silences'>,
  clock: Clock = systemClock,
): AlertsSource {
  const seen = new Map<string, AlertRow['state']>()
  const history: AlertList['history'][number][] = []

  const note = (row: AlertRow): void => {
    const before = seen.get(row.name) ?? 'inactive'
    seen.set(row.name, row.state)
    if (before === row.state) return
    const to = before === 'firing' && row.state !== 'firing' ? 'resolved' : row.state
    history.unshift({ atMs: clock.wallMs(), name: row.name, to, summary: row.summary })
    history.length = Math.min(history.length, HISTORY)
  }
  return {
    list() {
      const rows = alerts.list().map((view) => rowOf(view, clock))
      for (const row of rows) note(row)
      return { alerts: rows, history: [...history] }
    },
    silences: () => alerts.silences().map(({ rule, ...silence }) => ({ alert: rule, ...silence })),
    async silence({ alert, by, reason, untilMs }) {
      alerts.silence(alert, { for: Math.max(1, untilMs - clock.wallMs()), by, reason })
    },
    unsilence: async (id) => alerts.unsilence(id),
  }
}

function rowOf({ rule, state, silenced }: AlertView, clock: Clock): AlertRow {
  return {
    name: rule.name,
    severity: rule.severity === 'page' ? 'critical' : 'warning',
    state: state.name === 'keep-firing' ? 'firing' : state.name,
    summary: rule.summary,
    description: rule.description,
    value: null,
    // States are dated by the clock that only rises.
    sinceMs: 'sinceMs' in state ? clock.wallMs() - (clock.monoMs() - state.sinceMs) : null,
    silenced,
    runbook: `${RUNBOOKS}/${rule.name}.md`,
  }
}
