import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import type { AlertSink } from './sink.ts'
import { NOT_ENDED } from './notification.ts'
import { checkUrl, post } from './post.ts'

export interface HttpSinkOptions {
  readonly url: string
  /** How long one attempt may take. @default '5s' */
  readonly timeout?: Duration
  /** @default 4 */
  readonly attempts?: number
  readonly clock?: Clock
  /** @default that of Node.js */
  readonly fetch?: typeof globalThis.fetch
}

export interface WebhookOptions extends HttpSinkOptions {
  /** Shared with the receiver, which checks `x-holdfast-signature` by it. */
  readonly secret?: string
}

/**
 * Alerts as POST requests with the body of Alertmanager's webhooks, version 4.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG: the URL, the timeout)
 */
export function webhookSink({ secret, ...options }: WebhookOptions): AlertSink {
  const { deps, how } = resolve(options)
  return { name: 'webhook', wants: 'news', send: (notification) => post(deps, { ...how, secret }, notification) }
}

/** Longer than the minute between two messages, shorter than Alertmanager's own five minutes. */
const STANDS_FOR_MS = 180_000

/**
 * Alerts as Prometheus gives them to an Alertmanager, which groups, silences and routes them.
 *
 * @param options the URL of the Alertmanager, without a path
 * @throws ConfigError (ERR_HOLDFAST_CONFIG: the URL, the timeout)
 */
export function alertmanagerSink(options: HttpSinkOptions): AlertSink {
  const { deps, how } = resolve(options)
  const url = new URL('/api/v2/alerts', options.url).href
  return {
    name: 'alertmanager',
    wants: 'standing',
    send: ({ alerts }) =>
      post(
        deps,
        { ...how, url },
        alerts.map(({ labels, annotations, startsAt, endsAt, generatorURL }) => ({
          labels,
          annotations,
          startsAt,
          // A process that dies does not say that its alerts end: they end by themselves.
          endsAt: endsAt === NOT_ENDED ? new Date(deps.clock.wallMs() + STANDS_FOR_MS).toISOString() : endsAt,
          ...(generatorURL !== '' && { generatorURL }),
        })),
      ),
  }
}

function resolve({
  url,
  timeout = '5s',
  attempts = 4,
  clock = systemClock,
  fetch = globalThis.fetch,
}: HttpSinkOptions) {
  checkUrl(url, 'url')
  return { deps: { clock, fetch }, how: { url, timeoutMs: toMs(timeout, 'timeout'), attempts } }
}
