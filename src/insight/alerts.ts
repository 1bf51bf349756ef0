/**
 * The alerts of this process: looks at its own series by the table of rules, and tells of what begins and ends. Needs no
 * Prometheus; where there is one, its rules are the same.
 *
 * Alerts that begin together are told together (after `groupWait`), again every `repeat` while they ring, and once in the
 * fleet. While the process starts nothing rings: empty caches look like broken ones.
 */
import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { systemRandom, type Random } from '../base/random.ts'
import type { Metrics } from '../metrics/collector.ts'
import type { Redis } from '../redis/redis.ts'
import { alertRules, type AlertRule } from './alert-rules.ts'
import { INACTIVE, rings, step, type AlertState } from './alert-state.ts'
import { createClaims } from './claims.ts'
import { holds, selectorsOf } from './expression.ts'
import { fingerprintOf, NOT_ENDED, type NotifiedAlert } from './notification.ts'
import { RUNBOOKS } from './rule-file.ts'
import { createSeries } from './series.ts'
import { createSilences, type Silence } from './silences.ts'
import type { AlertSink } from './sink.ts'
import { createTeller } from './teller.ts'

export interface AlertsOptions {
  readonly metrics: Metrics
  readonly sinks: readonly AlertSink[]
  /** By it the fleet tells once and shares its silences; missing: this process is alone. */
  readonly redis?: Pick<Redis, 'run'> | undefined
  /** That of the cache. */
  readonly namespace: string
  /** Labels of every alert, such as the environment. They are seen by whoever is told: nothing secret. */
  readonly labels?: Readonly<Record<string, string>>
  /** Where the runbooks are. */
  readonly runbooks?: string
  /** Where a person may look: in every message. @default '' */
  readonly externalUrl?: string
  /** @default '10s' */
  readonly every?: Duration
  /** @default '10s' */
  readonly groupWait?: Duration
  /** @default '4h' */
  readonly repeat?: Duration
  /** @default '1m' */
  readonly startupGrace?: Duration
  /** Told of a sink that failed. */
  readonly onError?: (sink: string, error: unknown) => void
  readonly rules?: readonly AlertRule[]
  readonly clock?: Clock
  readonly random?: Random
}

export interface AlertView {
  readonly rule: AlertRule
  readonly state: AlertState
  readonly silenced: boolean
}

export interface Alerts {
  /** Every rule and how it stands. */
  list(): readonly AlertView[]
  /** Tells nobody of a rule (`*`: of any) for a while: in this process at once, in the fleet when each looks next. */
  silence(rule: string, how: { readonly for: Duration; readonly by: string; readonly reason: string }): Silence
  /** Takes a silence back, whichever process made it. False when none of this id is known here. */
  unsilence(id: string): boolean
  silences(): readonly Silence[]
  close(): void
}

/** Told to those who gather for themselves, and to the fleet, that it still rings. */
const STILL_EVERY_MS = 60_000

/** One rule as this process sees it. */
interface Watched {
  readonly rule: AlertRule
  state: AlertState
  queuedMs: number
}

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) when a duration cannot work */
export function createAlerts(options: AlertsOptions): Alerts {
  const { metrics, sinks, redis, namespace, externalUrl = '', onError = () => undefined } = options
  const { clock = systemClock, random = systemRandom } = options
  const everyMs = toMs(options.every ?? '10s', 'every')
  const repeatMs = toMs(options.repeat ?? '4h', 'repeat')
  const beginMs = clock.monoMs() + toMs(options.startupGrace ?? '1m', 'startupGrace')
  const watched = (options.rules ?? alertRules)
    .filter(({ only, when }) => only !== 'prometheus' && when.length > 0)
    .map((rule): Watched => ({ rule, state: INACTIVE, queuedMs: 0 }))
  const looked = watched.flatMap(({ rule }) => rule.when.flatMap(({ value }) => selectorsOf(value)))
  const series = createSeries(looked, clock)
  const silences = createSilences({ clock, random, redis, namespace })
  const teller = createTeller({
    clock,
    sinks,
    onError,
    externalUrl,
    repeatMs,
    claims: createClaims({ redis, namespace, process: random.id(), repeatMs }),
    covers: (rule) => silences.covers(rule),
    groupWaitMs: toMs(options.groupWait ?? '10s', 'groupWait'),
  })
  let cancel = (): void => undefined

  const lookAt = (one: Watched, nowMs: number): void => {
    const { rule, state: before } = one
    const isTrue = nowMs >= beginMs && rule.when.every((condition) => holds(condition, series, rings(before)))
    const { state, change } = step(before, rule, isTrue, nowMs)
    one.state = state
    const isDue = change === undefined && rings(state) && nowMs - one.queuedMs >= STILL_EVERY_MS
    if (change === undefined && !isDue) return
    one.queuedMs = nowMs
    teller.queue(rule.name, alertOf(rule, rings(state) ? state : before, change === 'resolved' ? 'resolved' : 'firing'))
  }
  const look = (): void => {
    void silences.refresh()
    series.note(metrics.read())
    const nowMs = clock.monoMs()
    for (const one of watched) lookAt(one, nowMs)
    cancel = clock.after(everyMs, look)
  }
  const alertOf = (rule: AlertRule, state: AlertState, status: 'firing' | 'resolved'): NotifiedAlert => {
    const labels = { ...options.labels, alertname: rule.name, severity: rule.severity, namespace }
    const ringsMs = rings(state) ? clock.monoMs() - state.sinceMs : 0
    return {
      status,
      labels,
      annotations: {
        summary: rule.summary,
        description: rule.description,
        runbook_url: `${options.runbooks ?? RUNBOOKS}/${rule.name}.md`,
      },
      startsAt: new Date(clock.wallMs() - ringsMs).toISOString(),
      endsAt: status === 'firing' ? NOT_ENDED : new Date(clock.wallMs()).toISOString(),
      generatorURL: externalUrl,
      fingerprint: fingerprintOf(labels),
    }
  }
  look()
  return {
    list: () => watched.map(({ rule, state }) => ({ rule, state, silenced: silences.covers(rule.name) })),
    silence: (rule, { for: duration, by, reason }) =>
      silences.add({ rule, by, reason, untilMs: clock.wallMs() + toMs(duration, 'for') }),
    unsilence: (id) => silences.remove(id),
    silences: () => silences.list(),
    close() {
      cancel()
      teller.close()
    },
  }
}
