/**
 * Counts what a cache tells. Every event is counted, none twice; only the times of hits in L1 are a sample, since they are
 * many and alike.
 */
import { DecodeError, EncodeError, StoreError, type HoldfastError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import { instrument, L1_SAMPLED } from './catalogue.ts'
import { HIT_L1, increment, READ_ENDS, readEnd, type FamilyCounts } from './family-counts.ts'
import type { Names } from './names.ts'
import type { Labels, Sample } from './sample.ts'

/** Told of each observation of a histogram, for a system that keeps its own. */
export type Observe = (name: string, labels: Labels, value: number, times: number) => void

export interface CacheCounts {
  count(event: HoldfastEvent): void
  read(): IterableIterator<Sample>
}

/** Who may be named as the source of an invalidation, by what its `by` begins with. */
const SOURCES = new Set(['event', 'admin', 'cli'])

export function createCacheCounts(names: Names<FamilyCounts>, observers: ReadonlySet<ObserveFamily>): CacheCounts {
  const invalidations = new Map<string, number>()
  const errors = new Map<string, number>()
  const logStates = new Map<string, number>()
  let unlinked = 0

  const countRead = (event: Extract<HoldfastEvent, { type: 'read' }>): void => {
    const family = names.of(event.key)
    const end = readEnd(event.result, event.tier)
    const before = family.reads[end] ?? 0
    family.reads[end] = before + 1
    if (end === HIT_L1 && before % L1_SAMPLED !== 0) return
    const times = end === HIT_L1 ? L1_SAMPLED : 1
    family.readSeconds[end]?.observe(event.durationMs / 1000, times)
    for (const tell of observers) {
      tell(family, 'get_duration_seconds', { result: event.result, tier: event.tier }, event.durationMs / 1000, times)
    }
  }
  const countOther = (event: Exclude<HoldfastEvent, { type: 'read' }>): void => {
    switch (event.type) {
      case 'load': {
        const { outcome, trigger } = event
        const family = names.of(event.key)
        family.load(outcome, trigger, event.durationMs / 1000)
        for (const tell of observers) {
          tell(family, 'load_duration_seconds', { outcome, trigger }, event.durationMs / 1000, 1)
        }
        break
      }
      case 'load-joined':
        names.of(event.key).joined[event.scope] += 1
        break
      case 'refresh':
        increment(names.of(event.key).refreshes, event.why)
        break
      case 'shed':
        names.of(event.key).shed += 1
        break
      case 'fill': {
        const family = names.of(event.key)
        increment(family.puts, `${event.trigger} ${event.outcome}`)
        if (event.outcome !== 'stored') break
        family.storedBytes.observe(event.bytes)
        for (const tell of observers) tell(family, 'value_size_bytes', { stage: 'stored' }, event.bytes, 1)
        break
      }
      case 'invalidation': {
        const outcome = event.acknowledged ? 'acknowledged' : 'queued'
        for (const kind of event.kinds) increment(invalidations, `${kind} ${sourceOf(event.by)} ${outcome}`)
        break
      }
      case 'error':
        increment(errors, `${event.operation} ${errorKind(event.error)}`)
        break
      case 'log-state':
        increment(logStates, `${event.state} ${event.why}`)
        break
      case 'sweep':
        unlinked += event.unlinked
        break
      default:
    }
  }
  return {
    count(event) {
      if (event.type === 'read') countRead(event)
      else countOther(event)
    },
    *read() {
      for (const [cache, family] of names.entries()) yield* familySamples(cache, family)
      yield* byWords('invalidations_total', invalidations)
      yield { instrument: instrument('invalidated_keys_total'), labels: {}, value: unlinked }
      yield* byWords('errors_total', errors)
      yield* byWords('log_state_changes_total', logStates)
      yield {
        instrument: instrument('label_overflow_total'),
        labels: { label: 'cache' },
        value: names.overflowed(),
      }
    },
  }
}

/** As {@link Observe}, by the family's counts. */
export type ObserveFamily = (family: FamilyCounts, name: string, labels: Labels, value: number, times: number) => void

function* familySamples(cache: string, family: FamilyCounts): IterableIterator<Sample> {
  for (const [end, [result, tier]] of READ_ENDS.entries()) {
    const labels = { cache, result, tier }
    yield { instrument: instrument('gets_total'), labels, value: family.reads[end] ?? 0 }
    const seconds = family.readSeconds[end]
    if (seconds && seconds.count > 0) {
      yield { instrument: instrument('get_duration_seconds'), labels, counts: [...seconds.counts], sum: seconds.sum }
    }
  }
  for (const [name, seconds] of family.loads) {
    const [outcome = '', trigger = ''] = name.split(' ')
    const labels = { cache, outcome, trigger }
    yield { instrument: instrument('loads_total'), labels, value: seconds.count }
    yield { instrument: instrument('load_duration_seconds'), labels, counts: [...seconds.counts], sum: seconds.sum }
  }
  for (const scope of ['process', 'fleet'] as const) {
    yield { instrument: instrument('coalesced_total'), labels: { cache, scope }, value: family.joined[scope] }
  }
  yield* byWords('refreshes_total', family.refreshes, { cache })
  yield { instrument: instrument('shed_total'), labels: { cache }, value: family.shed }
  yield* byWords('puts_total', family.puts, { cache })
  const { counts, sum, count } = family.storedBytes
  if (count > 0) {
    yield { instrument: instrument('value_size_bytes'), labels: { cache, stage: 'stored' }, counts: [...counts], sum }
  }
}

/** Counts by words that stand for the labels which `fixed` does not give, in the catalogue's order. */
export function* byWords(
  name: string,
  counts: ReadonlyMap<string, number>,
  fixed: Labels = {},
): IterableIterator<Sample> {
  const found = instrument(name)
  const open = found.labels.filter((label) => !(label in fixed))
  for (const [words, value] of counts) {
    const given = words.split(' ')
    const labels = Object.fromEntries(open.map((label, at) => [label, given[at] ?? '']))
    yield { instrument: found, labels: { ...fixed, ...labels }, value }
  }
}

function sourceOf(by: string | undefined): string {
  const source = by?.split(':')[0] ?? ''
  return SOURCES.has(source) ? source : 'app'
}

/** A word for what failed: never its message, which may hold a key. */
function errorKind(error: HoldfastError): string {
  if (error instanceof StoreError) return error.failure
  if (error instanceof DecodeError) return 'decode'
  if (error instanceof EncodeError) return 'serialize'
  return 'other'
}
