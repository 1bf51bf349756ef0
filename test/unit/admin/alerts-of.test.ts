import { expect, it } from 'vitest'

import { alertsOf } from '../../../src/admin/alerts-of.ts'
import { alertRules } from '../../../src/insight/alert-rules.ts'
import type { AlertView } from '../../../src/insight/alerts.ts'
import { fakeClock } from '../../support/fake-clock.ts'

it('shows how each rule stands, dated by the wall clock, and remembers its turns', async () => {
  const clock = fakeClock()
  const [rule] = alertRules
  if (!rule) throw new Error('There are no rules')
  let view: AlertView = { rule, state: { name: 'inactive' }, silenced: false }
  const asked: unknown[] = []
  const source = alertsOf(
    {
      list: () => [view],
      silences: () => [{ id: 's', rule: rule.name, untilMs: 5, by: 'ada', reason: 'known' }],
      silence(name, how) {
        asked.push([name, how])
        return { id: 's', rule: name, untilMs: 0, by: how.by, reason: how.reason }
      },
      unsilence: (id) => id === 's',
    },
    clock,
  )
  expect(source.list()).toMatchObject({ alerts: [{ name: rule.name, state: 'inactive', sinceMs: null }], history: [] })
  view = { rule, state: { name: 'firing', sinceMs: clock.monoMs() }, silenced: true }
  const sinceMs = clock.wallMs()
  clock.advance(60_000)
  expect(source.list()).toMatchObject({
    alerts: [{ state: 'firing', sinceMs, silenced: true, runbook: `docs/operations/runbooks/${rule.name}.md` }],
    history: [{ to: 'firing' }],
  })
  view = { rule, state: { name: 'inactive' }, silenced: false }
  expect(source.list().history.map(({ to }) => to)).toEqual(['resolved', 'firing'])
  expect(source.silences()).toEqual([{ alert: rule.name, id: 's', untilMs: 5, by: 'ada', reason: 'known' }])
  await source.silence({ alert: rule.name, by: 'ada', reason: 'known', untilMs: clock.wallMs() + 60_000 })
  expect(asked).toEqual([[rule.name, { for: 60_000, by: 'ada', reason: 'known' }]])
  expect([await source.unsilence('s'), await source.unsilence('t')]).toEqual([true, false])
})
