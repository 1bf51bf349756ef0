/**
 * Every instrument by name: its type, its labels and what it says. One table for Prometheus, OpenTelemetry, the alert rules
 * and the reference in docs/operations/monitoring.md, which a test compares with it.
 *
 * Labels are words of this library or names that code declares; never a key, a tag, a user or an address.
 */
import { HITS_PER_SAMPLE } from '../base/events.ts'

export type InstrumentType = 'counter' | 'gauge' | 'histogram'

export interface Instrument {
  /** Without the prefix that the deployment chose. */
  readonly name: string
  readonly type: InstrumentType
  readonly help: string
  readonly labels: readonly string[]
  /** Upper edges of a histogram's buckets; the last one, +Inf, is not written. */
  readonly edges?: readonly number[]
}

/** 5 ms has an edge of its own: the share of answers below it is counted, not interpolated. */
export const READ_EDGES = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
] as const
export const LOAD_EDGES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
export const SIZE_EDGES = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304] as const

const counter = (name: string, labels: readonly string[], help: string): Instrument => ({
  name,
  type: 'counter',
  labels,
  help,
})
const gauge = (name: string, labels: readonly string[], help: string): Instrument => ({
  name,
  type: 'gauge',
  labels,
  help,
})
const histogram = (name: string, labels: readonly string[], edges: readonly number[], help: string): Instrument => ({
  name,
  type: 'histogram',
  labels,
  edges,
  help,
})

/** The instruments, in the order in which they are shown. */
export const catalogue: readonly Instrument[] = [
  counter('gets_total', ['cache', 'result', 'tier'], 'Reads that ended, by family, result and tier. Exact.'),
  histogram(
    'get_duration_seconds',
    ['cache', 'result', 'tier'],
    READ_EDGES,
    `How long reads took. Of hits in L1 one in ${HITS_PER_SAMPLE} is timed and counts ${HITS_PER_SAMPLE} times; all others are exact.`,
  ),
  counter('loads_total', ['cache', 'outcome', 'trigger'], 'Keys that a loader was asked for, by how it ended.'),
  histogram('load_duration_seconds', ['cache', 'outcome', 'trigger'], LOAD_EDGES, 'How long loaders took.'),
  counter('coalesced_total', ['cache', 'scope'], 'Loads that were not begun, since another one was under way.'),
  counter('refreshes_total', ['cache', 'why'], 'Refreshes begun behind readers.'),
  counter('shed_total', ['cache'], 'Loads refused by the limit of their source.'),
  counter('puts_total', ['cache', 'trigger', 'outcome'], 'Values that were to be stored, by what became of them.'),
  histogram('value_size_bytes', ['cache', 'stage'], SIZE_EDGES, 'Size of entries as they are sent to Redis.'),
  counter(
    'invalidations_total',
    ['kind', 'source', 'outcome'],
    'Invalidations by kind of target; one that was queued is told again when Redis has it.',
  ),
  counter('invalidated_keys_total', [], 'Entries that are not current any more and were unlinked from Redis.'),
  counter('evictions_total', ['tier', 'cause'], 'Entries that left L1 for want of room.'),
  counter('errors_total', ['op', 'kind'], 'Failures that the cache survived, by operation and kind.'),
  counter('label_overflow_total', ['label'], 'Events counted under "other", since their name had no place.'),
  counter('log_state_changes_total', ['state', 'why'], 'Changes of the invalidation log between ready and unready.'),
  gauge('staleness_seconds', [], 'Age of the freshness lease: how long ago the invalidation log was heard from.'),
  gauge('staleness_bound_seconds', [], 'How stale a read can be at most, by the options.'),
  gauge(
    'bound_held',
    [],
    '1 when the bound holds through a failover of Redis too, 0 when that is not so or not known.',
  ),
  gauge('enabled', [], '1 while the cache caches, 0 while it is switched off.'),
  gauge('ready', [], '1 while the cache hears its log, 0 while reads go to the source.'),
  gauge('l1_entries', [], 'Entries in L1.'),
  gauge('l1_size_bytes', [], 'What L1 takes on the heap.'),
  gauge('redis_up', [], '1 when Redis answers reads and takes writes, by the last check.'),
  gauge('redis_state', ['state'], '1 for the state of Redis by the last check: ok, degraded, down or unknown.'),
  gauge('redis_probe_seconds', ['op'], 'How long the last check waited for a read and a write.'),
  gauge('circuit_open', [], '1 while the circuit breaker is not closed.'),
  counter('circuit_transitions_total', ['to'], 'Changes of the circuit breaker.'),
  counter('reconnects_total', [], 'Connections of Redis that became ready, the first ones included.'),
  counter('connections_lost_total', ['kind'], 'Connections of Redis that were lost or refused.'),
  counter('redis_command_failures_total', ['kind'], 'Commands of Redis that failed.'),
  gauge('pool_connections', ['state'], 'Connections for commands, by state: ready or connecting.'),
  gauge('pool_connections_max', [], 'Connections for commands that may be opened.'),
  gauge('pool_pending', [], 'Commands sent and not answered.'),
  gauge('redis_memory_used_bytes', [], 'Memory that Redis uses, by INFO of the last check.'),
  gauge('redis_memory_max_bytes', [], 'maxmemory of Redis; 0 when there is none.'),
  counter('redis_evicted_keys_total', [], 'Keys that Redis evicted since it started.'),
  gauge('redis_maxmemory_policy_info', ['policy'], '1 for the eviction policy of Redis.'),
  counter('session_events_total', ['event'], 'What happened to sessions; resume: a request came with one that lives.'),
  counter('session_rejections_total', ['reason'], 'Cookies that were not taken, by reason.'),
  gauge('sessions_active', [], 'Sessions that live, in the whole fleet; asked once a minute.'),
  gauge('build_info', ['node', 'redis_version', 'mode'], '1, with what runs.'),
]

const byName: ReadonlyMap<string, Instrument> = new Map(catalogue.map((one): [string, Instrument] => [one.name, one]))

/** @throws RangeError for a name that is not in the table */
export function instrument(name: string): Instrument {
  const found = byName.get(name)
  if (!found) throw new RangeError(`${name} is no instrument of the catalogue`)
  return found
}
