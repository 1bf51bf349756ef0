/** What is told of alerts, in the shape that Alertmanager sends to webhooks (version 4), so that what reads those reads this. */
import { createHash } from 'node:crypto'

/** One alert of a notification. */
export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** ISO 8601. */
  readonly startsAt: string
  /** ISO 8601; the year 1 while it rings. */
  readonly endsAt: string
  readonly generatorURL: string
  readonly fingerprint: string
}

export interface Notification {
  readonly version: '4'
  readonly groupKey: string
  readonly truncatedAlerts: number
  readonly status: 'firing' | 'resolved'
  readonly receiver: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly commonLabels: Readonly<Record<string, string>>
  readonly commonAnnotations: Readonly<Record<string, string>>
  readonly externalURL: string
  readonly alerts: readonly NotifiedAlert[]
}

export const NOT_ENDED = '0001-01-01T00:00:00Z'

/** A notification of alerts that came together. It is firing while one of them is. */
export function notificationOf(alerts: readonly NotifiedAlert[], externalUrl: string): Notification {
  const status = alerts.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved'
  return {
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status,
    receiver: 'holdfast',
    groupLabels: {},
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
    alerts,
  }
}

/** The same for the same labels, in every process. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}

function common(all: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const [first = {}, ...others] = all
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((one) => one[name] === value)))
}
