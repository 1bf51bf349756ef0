import { describe, expect, it } from 'vitest'

import { fingerprintOf, NOT_ENDED, notificationOf, type NotifiedAlert } from '../../../src/insight/notification.ts'

const alert = (alertname: string, status: 'firing' | 'resolved'): NotifiedAlert => ({
  status,
  labels: { alertname, namespace: 'shop' },
  annotations: { summary: alertname },
  startsAt: '2026-01-01T00:00:00.000Z',
  endsAt: NOT_ENDED,
  generatorURL: '',
  fingerprint: fingerprintOf({ alertname }),
})

describe('a notification', () => {
  it('has the members of version 4, with what its alerts have in common', () => {
    const both = notificationOf([alert('A', 'firing'), alert('B', 'resolved')], 'https://admin')
    expect(both).toMatchObject({
      version: '4',
      status: 'firing',
      commonLabels: { namespace: 'shop' },
      commonAnnotations: {},
    })
    expect(Object.keys(both).toSorted()).toEqual(
      'alerts commonAnnotations commonLabels externalURL groupKey groupLabels receiver status truncatedAlerts version'.split(
        ' ',
      ),
    )
  })

  it('is resolved when all of its alerts are', () => {
    expect(notificationOf([alert('A', 'resolved')], '').status).toBe('resolved')
  })

  it('names an alert by its labels, in whatever order they are', () => {
    expect(fingerprintOf({ a: '1', b: '2' })).toBe(fingerprintOf({ b: '2', a: '1' }))
    expect(fingerprintOf({ a: '1', b: '2' })).not.toBe(fingerprintOf({ a: '1', b: '3' }))
  })
})
