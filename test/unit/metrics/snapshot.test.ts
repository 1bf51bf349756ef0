import { describe, expect, it } from 'vitest'

import { latencyOf, readBuckets } from '../../../src/metrics/snapshot.ts'
import { instrument, READ_EDGES } from '../../../src/metrics/catalogue.ts'

const counts = (at: Readonly<Record<number, number>>): number[] =>
  [...READ_EDGES, Infinity].map((edge) => at[edge] ?? 0)

describe('the latencies of a snapshot', () => {
  it('count what took 5 ms as within 5 ms, and nothing above', () => {
    expect(latencyOf(counts({ 0.005: 3, 0.01: 1 })).within5Ms).toBe(0.75)
  })

  it('are not known where nothing was read', () => {
    expect(latencyOf(counts({}))).toEqual({
      p50Ms: undefined,
      p95Ms: undefined,
      p99Ms: undefined,
      within5Ms: undefined,
    })
  })

  it('are of all reads of a family together', () => {
    const sample = (result: string) => ({
      instrument: instrument('get_duration_seconds'),
      labels: { cache: 'f', result, tier: 'l1' },
      counts: counts({ 0.001: 2 }),
      sum: 0,
    })
    expect(readBuckets([sample('hit'), sample('stale')]).get('f')).toEqual(counts({ 0.001: 4 }))
  })
})
