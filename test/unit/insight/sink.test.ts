import { describe, expect, it } from 'vitest'

import { NOT_ENDED, notificationOf } from '../../../src/insight/notification.ts'
import { callbackSink, logSink } from '../../../src/insight/sink.ts'

const notification = notificationOf(
  [
    {
      status: 'firing',
      labels: { alertname: 'A', place: 'here\nforged: line' },
      annotations: { summary: 's' },
      startsAt: '2026-01-01T00:00:00.000Z',
      endsAt: NOT_ENDED,
      generatorURL: '',
      fingerprint: 'f',
    },
  ],
  '',
)

describe('the sinks of a process', () => {
  it('write a line for each alert, which nothing in it can break', async () => {
    const lines: string[] = []
    await logSink((line) => lines.push(line)).send(notification)
    expect(lines).toEqual([
      '{"event":"alert","status":"firing","alertname":"A","place":"here\\nforged: line","summary":"s","startsAt":"2026-01-01T00:00:00.000Z"}',
    ])
  })

  it('call a function', async () => {
    const told: unknown[] = []
    await callbackSink((each) => void told.push(each)).send(notification)
    expect(told).toEqual([notification])
  })
})
