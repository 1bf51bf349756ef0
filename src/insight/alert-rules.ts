/**
 * The alert rules: one table for Prometheus and for the evaluator in process. Ordered as one looks: is it there, does it
 * promise what it should, do users notice, will it be full, who knocks.
 *
 * Every rule that divides asks for a minimum of traffic first: one slow read at night is no incident.
 */
import { gauge, rate, ratio, rest, type Condition, type Expression } from './expression.ts'

export interface AlertRule {
  readonly name: string
  /** `page`: somebody has to act now. `ticket`: somebody has to act this week. */
  readonly severity: 'page' | 'ticket'
  /** All of them. Empty: rings when no process can be scraped, which only Prometheus can tell. */
  readonly when: readonly Condition[]
  /** How long it must hold before it rings. */
  readonly forMs: number
  /** How long it goes on to ring after it held last. */
  readonly keepMs: number
  /** Set where a process keeps too little of its past to judge. */
  readonly only?: 'prometheus'
  readonly summary: string
  readonly description: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What 99.9 % of the reads leave: this share may be answered past the cache. */
const AVAILABILITY_BUDGET = 0.001
/** What 99 % of the hits within 5 ms leave. */
const LATENCY_BUDGET = 0.01

const above = (value: Expression, limit: number, clearAt?: number): Condition => ({
  value,
  is: 'above',
  limit,
  ...(clearAt !== undefined && { clearAt }),
})
const below = (value: Expression, limit: number, clearAt?: number): Condition => ({
  value,
  is: 'below',
  limit,
  ...(clearAt !== undefined && { clearAt }),
})
const reads = (windowMs: number): Expression => rate('gets_total', windowMs)
const bypassed = (windowMs: number): Expression =>
  ratio(rate('gets_total', windowMs, { result: ['bypass'] }), reads(windowMs))
const slowHits = (windowMs: number): Expression =>
  rest(
    ratio(
      rate('get_duration_seconds_bucket', windowMs, { result: ['hit'], le: ['0.005'] }),
      rate('get_duration_seconds_count', windowMs, { result: ['hit'] }),
    ),
  )
/** Burns so many times as fast as the budget allows, in a long window and still in a short one. */
const burns = (
  share: (windowMs: number) => Expression,
  budget: number,
  times: number,
  longMs: number,
  shortMs: number,
) => [above(share(longMs), times * budget), above(share(shortMs), times * budget), above(reads(longMs), 0.1)]

export const alertRules: readonly AlertRule[] = [
  {
    name: 'HoldfastRedisDown',
    severity: 'page',
    when: [below(gauge('redis_up'), 1)],
    forMs: 30 * SECOND,
    keepMs: 30 * SECOND,
    summary: 'Redis does not answer or takes no writes',
    description: 'Reads go to the source, invalidations are queued, nobody can log in.',
  },
  {
    name: 'HoldfastScrapeAbsent',
    severity: 'page',
    when: [],
    only: 'prometheus',
    forMs: 5 * MINUTE,
    keepMs: 0,
    summary: 'No process shows metrics of the cache',
    description: 'Either the service is down or Prometheus cannot reach it: no other alert can ring.',
  },
  {
    name: 'HoldfastSessionsUnavailable',
    severity: 'page',
    when: [above(rate('session_events_total', 5 * MINUTE, { event: ['sessions-unavailable'] }), 0)],
    forMs: MINUTE,
    keepMs: 2 * MINUTE,
    summary: 'Sessions cannot be asked for',
    description: 'Sessions fail closed: users are not taken for logged in until Redis answers again.',
  },
  {
    name: 'HoldfastDegraded',
    severity: 'ticket',
    when: [below(gauge('ready'), 1)],
    forMs: 2 * MINUTE,
    keepMs: MINUTE,
    summary: 'A process does not hear the invalidation log',
    description: 'Its reads go to the source, since it cannot tell how stale a cached value would be.',
  },
  {
    name: 'HoldfastInvalidationsQueued',
    severity: 'ticket',
    when: [above(rate('invalidations_total', 5 * MINUTE, { outcome: ['queued'] }), 0)],
    forMs: 2 * MINUTE,
    keepMs: 5 * MINUTE,
    summary: 'Invalidations are not acknowledged by Redis',
    description:
      'They hold in the process that made them and are sent when Redis answers; others may serve old values within the bound only.',
  },
  {
    name: 'HoldfastBoundUnfenced',
    severity: 'ticket',
    when: [below(gauge('bound_held'), 1)],
    forMs: 15 * MINUTE,
    keepMs: 0,
    summary: 'The staleness bound does not hold through a failover',
    description: 'By its settings, an old primary would go on taking writes after a failover.',
  },
  {
    name: 'HoldfastErrorBudgetBurnFast',
    severity: 'page',
    when: burns(bypassed, AVAILABILITY_BUDGET, 14.4, HOUR, 5 * MINUTE),
    forMs: 2 * MINUTE,
    keepMs: 5 * MINUTE,
    summary: "The cache is past: 2 % of the month's error budget in an hour",
    description: 'More than 1.44 % of the reads were answered past the cache. The objective is 99.9 %.',
  },
  {
    name: 'HoldfastErrorBudgetBurnSlow',
    severity: 'page',
    when: burns(bypassed, AVAILABILITY_BUDGET, 6, 6 * HOUR, 30 * MINUTE),
    forMs: 15 * MINUTE,
    keepMs: 15 * MINUTE,
    summary: "The cache is past: 5 % of the month's error budget in six hours",
    description: 'More than 0.6 % of the reads were answered past the cache. The objective is 99.9 %.',
  },
  {
    name: 'HoldfastErrorBudgetBurnTicket',
    severity: 'ticket',
    when: burns(bypassed, AVAILABILITY_BUDGET, 3, DAY, 2 * HOUR),
    forMs: HOUR,
    keepMs: HOUR,
    summary: "The cache is past: 10 % of the month's error budget in a day",
    description: 'More than 0.3 % of the reads were answered past the cache. The objective is 99.9 %.',
  },
  {
    name: 'HoldfastErrorBudgetBurnTrend',
    severity: 'ticket',
    when: burns(bypassed, AVAILABILITY_BUDGET, 1, 3 * DAY, 6 * HOUR),
    only: 'prometheus',
    forMs: 3 * HOUR,
    keepMs: 3 * HOUR,
    summary: "The month's error budget of the cache will be gone",
    description: 'Over three days more than 0.1 % of the reads were answered past the cache. The objective is 99.9 %.',
  },
  {
    name: 'HoldfastLatencyBudgetBurn',
    severity: 'ticket',
    when: burns(slowHits, LATENCY_BUDGET, 14.4, HOUR, 5 * MINUTE),
    forMs: 5 * MINUTE,
    keepMs: 10 * MINUTE,
    summary: 'Cached answers take longer than 5 ms',
    description: 'More than 14.4 % of the hits took longer than 5 ms. The objective is 99 % within 5 ms.',
  },
  {
    name: 'HoldfastLoaderFailing',
    severity: 'page',
    when: [
      above(
        ratio(rate('loads_total', 5 * MINUTE, { outcome: ['error', 'timeout'] }), rate('loads_total', 5 * MINUTE)),
        0.1,
        0.05,
      ),
      above(rate('loads_total', 5 * MINUTE), 0.1),
    ],
    forMs: 5 * MINUTE,
    keepMs: 5 * MINUTE,
    summary: 'The source behind the cache fails',
    description: 'More than one load in ten failed or was too late.',
  },
  {
    name: 'HoldfastServingStale',
    severity: 'ticket',
    when: [
      above(ratio(rate('gets_total', 15 * MINUTE, { result: ['stale'] }), reads(15 * MINUTE)), 0.2, 0.1),
      above(reads(15 * MINUTE), 1),
    ],
    forMs: 10 * MINUTE,
    keepMs: 10 * MINUTE,
    summary: 'One read in five is answered with an old value',
    description: 'Values are past their TTL and within their grace: refreshes come too late or fail.',
  },
  {
    name: 'HoldfastLoadsShed',
    severity: 'ticket',
    when: [above(rate('shed_total', 5 * MINUTE), 0)],
    forMs: 5 * MINUTE,
    keepMs: 5 * MINUTE,
    summary: 'Loads are refused to protect a source',
    description: 'As many loads are under way and waiting as the limit of their source allows.',
  },
  {
    name: 'HoldfastHitRatioLow',
    severity: 'ticket',
    when: [
      below(
        ratio(
          rate('gets_total', 15 * MINUTE, { result: ['hit', 'stale'] }),
          rate('gets_total', 15 * MINUTE, { result: ['hit', 'stale', 'miss'] }),
        ),
        0.7,
        0.75,
      ),
      above(reads(15 * MINUTE), 1),
    ],
    forMs: 15 * MINUTE,
    keepMs: 10 * MINUTE,
    summary: 'The cache answers less than 70 % of the reads',
    description: 'The source does work that the cache is there to spare it.',
  },
  {
    name: 'HoldfastPoolSaturated',
    severity: 'ticket',
    when: [above(ratio(gauge('pool_pending'), gauge('pool_connections_max')), 100, 50)],
    forMs: 5 * MINUTE,
    keepMs: 5 * MINUTE,
    summary: 'Commands pile up in front of Redis',
    description: 'More than a hundred commands for each connection are sent and not answered.',
  },
  {
    name: 'HoldfastRedisMemoryNearLimit',
    severity: 'ticket',
    when: [
      above(ratio(gauge('redis_memory_used_bytes'), gauge('redis_memory_max_bytes')), 0.9, 0.85),
      above(gauge('redis_maxmemory_policy_info', { policy: ['noeviction'] }), 0),
    ],
    forMs: 5 * MINUTE,
    keepMs: 5 * MINUTE,
    summary: 'Redis is nearly full and evicts nothing',
    description: 'With noeviction, a full Redis refuses writes: no invalidation is acknowledged and nobody can log in.',
  },
  {
    name: 'HoldfastEvictionsHigh',
    severity: 'ticket',
    when: [above(rate('redis_evicted_keys_total', 5 * MINUTE), 10)],
    forMs: 10 * MINUTE,
    keepMs: 10 * MINUTE,
    summary: 'Redis evicts more than ten keys a second',
    description: 'It is too small for what is cached; where sessions share it, users are logged out at random.',
  },
  {
    name: 'HoldfastSessionDecryptFailures',
    severity: 'ticket',
    when: [above(rate('session_rejections_total', 5 * MINUTE, { reason: ['unreadable', 'unknown-key'] }), 0.1)],
    forMs: 5 * MINUTE,
    keepMs: 10 * MINUTE,
    summary: 'Sessions cannot be opened',
    description: 'A key was taken from the ring too early, or somebody changes what is stored.',
  },
]
