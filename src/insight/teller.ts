/**
 * Tells of alerts: those that come together in one message, once in the fleet, again after `repeat` while they ring. An alert
 * that nobody could be told of is given back, so that another process, or the next minute, tries again.
 */
import type { Clock } from '../base/clock.ts'
import type { Claims } from './claims.ts'
import { notificationOf, type NotifiedAlert } from './notification.ts'
import type { AlertSink } from './sink.ts'

export interface TellerDeps {
  readonly clock: Clock
  readonly claims: Claims
  readonly sinks: readonly AlertSink[]
  readonly covers: (rule: string) => boolean
  readonly onError: (sink: string, error: unknown) => void
  readonly externalUrl: string
  readonly groupWaitMs: number
  readonly repeatMs: number
}

export interface Teller {
  /** Tells of a rule's alert soon; of two for one rule, of the newer one. */
  queue(rule: string, alert: NotifiedAlert): void
  close(): void
}

/** What this process knows of an alert that rings: when somebody was told, and whether without asking the fleet. */
interface Known {
  readonly atMs: number
  readonly alone: boolean
}

export function createTeller(deps: TellerDeps): Teller {
  const { clock, claims, sinks, covers, onError, externalUrl, groupWaitMs, repeatMs } = deps
  const known = new Map<string, Known>()
  let waiting = new Map<string, NotifiedAlert>()
  let cancel: (() => void) | undefined

  const isNews = async (rule: string, { status }: NotifiedAlert): Promise<boolean> => {
    const before = known.get(rule)
    if (status === 'resolved') {
      known.delete(rule)
      // What was told without the fleet has an end that the fleet knows nothing of.
      return (await claims.resolve(rule)) === 'mine' || before?.alone === true
    }
    const claim = await claims.fire(rule)
    const isTold = before !== undefined && clock.monoMs() - before.atMs < repeatMs
    const tells = claim === 'mine' ? !(isTold && before.alone) : claim === 'alone' && !isTold
    if (!isTold) known.set(rule, { atMs: clock.monoMs(), alone: claim === 'alone' })
    return tells
  }
  const send = async (sink: AlertSink, alerts: readonly NotifiedAlert[]): Promise<'sent' | 'failed'> => {
    try {
      if (alerts.length > 0) await sink.send(notificationOf(alerts, externalUrl))
      return 'sent'
    } catch (error) {
      onError(sink.name, error)
      return 'failed'
    }
  }
  const tell = async (): Promise<void> => {
    const queued = [...waiting]
    waiting = new Map()
    cancel = undefined
    // An end is told to the fleet also where it is silenced, or it would be thought to ring for ever.
    const loud = queued.filter(([rule, { status }]) => status === 'resolved' || !covers(rule))
    const gatherers = sinks.filter(({ wants }) => wants === 'standing')
    for (const sink of gatherers)
      void send(
        sink,
        loud.map(([, alert]) => alert),
      )
    const asked = await Promise.all(
      loud.map(async ([rule, alert]) => ({ rule, alert, isNews: await isNews(rule, alert) })),
    )
    const news = asked.filter((one) => one.isNews && !covers(one.rule))
    const hearers = sinks.filter(({ wants }) => wants === 'news')
    const outcomes = await Promise.all(
      hearers.map((sink) =>
        send(
          sink,
          news.map(({ alert }) => alert),
        ),
      ),
    )
    if (outcomes.length === 0 || outcomes.includes('sent')) return
    for (const { rule } of news) {
      known.delete(rule)
      await claims.release(rule)
    }
  }
  return {
    queue(rule, alert) {
      waiting.set(rule, alert)
      cancel ??= clock.after(groupWaitMs, () => void tell())
    },
    close: () => cancel?.(),
  }
}
