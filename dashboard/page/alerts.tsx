/** Alerts: what fires and what to read about it; what is kept quiet, by whom and until when; what fired lately. */
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import type { AlertList, AlertRow, SilenceResponse, SilenceRow } from '../../src/admin/contract/alerts.ts'
import { ago, when } from '../format.ts'
import { ask, failureOf } from '../state/api.ts'
import { useLoaded } from '../state/loaded.ts'
import { here, may } from '../state/me.ts'
import { toast } from '../state/toasts.ts'
import { Panel } from '../ui/facts.tsx'
import { Badge, type Level } from '../ui/icon.tsx'
import { Notice, View } from '../ui/notice.tsx'
import { ReasonDialog } from '../ui/reason.tsx'
import { Table } from '../ui/table.tsx'

export function Alerts(): JSX.Element {
  const list = useLoaded<AlertList>('api/alerts', 5000)
  const silencing = useSignal<string | undefined>(undefined)
  const minutes = useSignal('60')
  const run = async (reason: string): Promise<string> => {
    await ask<SilenceResponse>('api/silences', {
      method: 'POST',
      body: { alert: silencing.value, minutes: Number(minutes.value), reason, ...here() },
    })
    list.reload()
    return `${silencing.value ?? ''} is silenced for ${minutes.value} min`
  }
  const end = async ({ id, alert }: SilenceRow): Promise<void> => {
    try {
      await ask<SilenceResponse>(`api/silences/${encodeURIComponent(id)}`, { method: 'DELETE' })
      toast('ok', `${alert} is heard again`)
    } catch (error) {
      toast('critical', failureOf(error).message)
    }
    list.reload()
  }
  return (
    <>
      <View of={list}>
        {({ alerts, history, silences }) => (
          <>
            {!alerts.some(({ state }) => state === 'firing') && <Notice level="ok" title="No alert is firing" />}
            {alerts
              .filter(({ state }) => state === 'firing')
              .map((alert) => (
                <Notice key={alert.name} level={alert.severity} title={alert.summary} text={alert.description} />
              ))}
            <Panel title="All alerts">
              <Table
                label="Alerts"
                rows={alerts}
                id={({ name }) => name}
                empty="There are no rules"
                columns={[
                  { title: 'Alert', cell: ({ name }) => name, by: ({ name }) => name },
                  {
                    title: 'State',
                    cell: (alert) => (
                      <Badge level={levelOf(alert)}>{alert.silenced ? `${alert.state}, silenced` : alert.state}</Badge>
                    ),
                  },
                  { title: 'Severity', cell: ({ severity }) => severity, by: ({ severity }) => severity },
                  { title: 'What', cell: ({ summary }) => summary },
                  { title: 'Since', cell: ({ sinceMs }) => ago(sinceMs), by: ({ sinceMs }) => sinceMs },
                  { title: 'Runbook', cell: ({ runbook }) => <span class="mono">{runbook}</span> },
                  ...(may('silence')
                    ? [
                        {
                          title: 'Silence',
                          cell: ({ name }: AlertRow) => (
                            <button
                              type="button"
                              aria-label={`Silence ${name}`}
                              onClick={() => (silencing.value = name)}
                            >
                              Silence…
                            </button>
                          ),
                        },
                      ]
                    : []),
                ]}
              />
            </Panel>
            <Panel title="Silences">
              <Table
                label="Silences"
                rows={silences}
                id={({ id }) => id}
                empty="Nothing is silenced"
                columns={[
                  { title: 'Alert', cell: ({ alert }) => (alert === '*' ? 'every alert' : alert) },
                  { title: 'Until', cell: ({ untilMs }) => when(untilMs) },
                  { title: 'By', cell: ({ by }) => by },
                  { title: 'Reason', cell: ({ reason }) => reason },
                  ...(may('silence')
                    ? [
                        {
                          title: 'End',
                          cell: (silence: SilenceRow) => (
                            <button type="button" onClick={() => void end(silence)}>
                              End
                            </button>
                          ),
                        },
                      ]
                    : []),
                ]}
              />
            </Panel>
            <Panel title="Lately">
              <Table
                label="History of alerts"
                rows={history.map((line, index) => ({ ...line, index }))}
                id={({ index }) => String(index)}
                empty="Nothing fired since this process began"
                columns={[
                  { title: 'Time', cell: ({ atMs }) => when(atMs) },
                  { title: 'Alert', cell: ({ name }) => name },
                  { title: 'Became', cell: ({ to }) => to },
                  { title: 'What', cell: ({ summary }) => summary },
                ]}
              />
            </Panel>
          </>
        )}
      </View>
      {silencing.value !== undefined && (
        <ReasonDialog
          title={`Silence ${silencing.value}?`}
          action="Silence"
          run={run}
          onClose={() => (silencing.value = undefined)}
        >
          <label class="field">
            <span>Minutes, a week at most</span>
            <input
              type="number"
              required
              min={1}
              max={10_080}
              value={minutes.value}
              onInput={(event) => (minutes.value = event.currentTarget.value)}
            />
          </label>
        </ReasonDialog>
      )}
    </>
  )
}

function levelOf({ state, severity, silenced }: AlertRow): Level {
  if (state === 'firing') return silenced ? 'info' : severity
  return state === 'pending' ? 'warning' : 'ok'
}
