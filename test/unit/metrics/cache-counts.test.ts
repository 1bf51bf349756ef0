import { describe, expect, it } from 'vitest'

import { DecodeError, StoreTimeoutError } from '../../../src/base/errors.ts'
import type { HoldfastEvent } from '../../../src/base/events.ts'
import { createCacheCounts, type ObserveFamily } from '../../../src/metrics/cache-counts.ts'
import { FamilyCounts } from '../../../src/metrics/family-counts.ts'
import { createNames } from '../../../src/metrics/names.ts'
import { flatten } from '../../../src/metrics/sample.ts'

function counted(
  events: readonly HoldfastEvent[],
  observers: ReadonlySet<ObserveFamily> = new Set(),
  nearHits: readonly Readonly<Record<string, number>>[] = [],
) {
  const names = createNames({ make: () => new FamilyCounts(), declared: () => [DECLARED] })
  let asked = 0
  const counts = createCacheCounts(names, observers, () => nearHits[asked++] ?? {})
  for (const event of events) counts.count(event)
  const series = new Map(
    [...counts.read()].flatMap(flatten).map(({ name, labels, value }) => [
      `${name}{${Object.entries(labels)
        .map(([label, text]) => `${label}=${text}`)
        .join(',')}}`,
      value,
    ]),
  )
  return (name: string): number | undefined => series.get(name)
}

const DECLARED = ['f']
const read = (
  result: 'hit' | 'stale' | 'miss' | 'bypass',
  tier: 'l1' | 'l2' | 'none',
  durationMs = 1,
): HoldfastEvent => ({
  type: 'read',
  key: 'f:1',
  result,
  tier,
  durationMs,
})

describe('the counts of a cache', () => {
  it('tell reads apart by result and tier', () => {
    const value = counted([
      read('hit', 'l2'),
      read('stale', 'l1'),
      read('stale', 'l2'),
      read('miss', 'none'),
      read('bypass', 'none'),
    ])
    const of = (result: string, tier: string) => value(`gets_total{cache=f,result=${result},tier=${tier}}`)
    expect([of('hit', 'l1'), of('hit', 'l2'), of('stale', 'l1'), of('stale', 'l2')]).toEqual([0, 1, 1, 1])
    expect([of('miss', 'none'), of('bypass', 'none')]).toEqual([1, 1])
  })

  it('hold every L1 hit since they began, as the cache counts them, whatever was told of them', () => {
    const near = [
      { f: 100, other: 7 },
      { f: 1700, other: 10, undeclared: 5 },
    ]
    const value = counted([read('hit', 'l1'), read('hit', 'l1')], new Set(), near)
    expect(value('gets_total{cache=f,result=hit,tier=l1}')).toBe(1600)
    expect(value('gets_total{cache=other,result=hit,tier=l1}')).toBe(8)
  })

  it('time the L1 hits that are told with a time, each of which stands for sixty-four', () => {
    const told: number[] = []
    const observers = new Set<ObserveFamily>([(_family, _name, _labels, _value, times) => void told.push(times)])
    const untimed: HoldfastEvent = { type: 'read', key: 'f:1', result: 'hit', tier: 'l1', durationMs: undefined }
    const value = counted([read('hit', 'l1', 0.002), untimed, read('hit', 'l1', 0.002)], observers)
    expect(value('get_duration_seconds_count{cache=f,result=hit,tier=l1}')).toBe(128)
    expect(told).toEqual([64, 64])
  })

  it('have an edge at exactly 5 ms', () => {
    const value = counted([read('hit', 'l2', 5), read('hit', 'l2', 5.001)])
    expect(value('get_duration_seconds_bucket{cache=f,result=hit,tier=l2,le=0.005}')).toBe(1)
    expect(value('get_duration_seconds_bucket{cache=f,result=hit,tier=l2,le=+Inf}')).toBe(2)
  })

  it('tell loads, joins, refreshes, refusals and fills by family', () => {
    const key = 'f:1'
    const value = counted([
      { type: 'load', key, outcome: 'ok', trigger: 'warm', durationMs: 20 },
      { type: 'load', key: 'stranger', outcome: 'timeout', trigger: 'miss', durationMs: 1 },
      { type: 'load-joined', key, scope: 'fleet' },
      { type: 'refresh', key, why: 'early' },
      { type: 'shed', key, source: 'db' },
      { type: 'fill', key, outcome: 'stored', trigger: 'set', bytes: 300 },
      { type: 'fill', key, outcome: 'not-stored', trigger: 'miss', bytes: 9e9 },
    ])
    expect(value('loads_total{cache=f,outcome=ok,trigger=warm}')).toBe(1)
    expect(value('loads_total{cache=other,outcome=timeout,trigger=miss}')).toBe(1)
    expect(value('load_duration_seconds_bucket{cache=f,outcome=ok,trigger=warm,le=0.025}')).toBe(1)
    expect(value('coalesced_total{cache=f,scope=fleet}')).toBe(1)
    expect(value('refreshes_total{cache=f,why=early}')).toBe(1)
    expect(value('shed_total{cache=f}')).toBe(1)
    expect(value('puts_total{cache=f,trigger=miss,outcome=not-stored}')).toBe(1)
    expect(value('value_size_bytes_count{cache=f,stage=stored}')).toBe(1)
  })

  it('name who invalidated by a word of ours, never by what was given', () => {
    const invalidation = (by?: string): HoldfastEvent => ({
      type: 'invalidation',
      id: 'i',
      kinds: ['key', 'tag'],
      acknowledged: true,
      ...(by !== undefined && { by }),
    })
    const value = counted([invalidation(), invalidation('admin:alice'), invalidation('mallory')])
    expect(value('invalidations_total{kind=key,source=app,outcome=acknowledged}')).toBe(2)
    expect(value('invalidations_total{kind=tag,source=admin,outcome=acknowledged}')).toBe(1)
  })

  it('tell failures by operation and kind, and what the sweeper freed', () => {
    const value = counted([
      { type: 'error', operation: 'get', error: new StoreTimeoutError('late') },
      { type: 'error', operation: 'decode', error: new DecodeError('broken') },
      { type: 'sweep', scanned: 10, unlinked: 4, durationMs: 1 },
      { type: 'log-state', state: 'unready', why: 'gap' },
    ])
    expect(value('errors_total{op=get,kind=timeout}')).toBe(1)
    expect(value('errors_total{op=decode,kind=decode}')).toBe(1)
    expect(value('invalidated_keys_total{}')).toBe(4)
    expect(value('log_state_changes_total{state=unready,why=gap}')).toBe(1)
  })
})
