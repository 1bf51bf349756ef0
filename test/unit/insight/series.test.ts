import { describe, expect, it } from 'vitest'

import { createSeries } from '../../../src/insight/series.ts'
import { instrument } from '../../../src/metrics/catalogue.ts'
import type { Sample } from '../../../src/metrics/sample.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const hits = { metric: 'gets_total', labels: { result: ['hit', 'stale'] } }
const up = { metric: 'redis_up' }
const gets = (result: string, value: number): Sample => ({
  instrument: instrument('gets_total'),
  labels: { result },
  value,
})

function noted(steps: readonly (readonly Sample[])[], everyMs = 10_000) {
  const clock = fakeClock()
  const series = createSeries([hits, up], clock)
  for (const [at, samples] of steps.entries()) {
    if (at > 0) clock.advance(everyMs)
    series.note(samples)
  }
  return series
}

describe('the series of a process', () => {
  it('grow per second, summed over the labels that are asked for', () => {
    const series = noted([[], [gets('hit', 60), gets('stale', 40), gets('miss', 900)]])
    expect(series.rate(hits, 300_000)).toBe(10)
  })

  it('look no further back than the window', () => {
    const steps = Array.from({ length: 61 }, (_, at) => [gets('hit', at < 31 ? at * 100 : 3000)])
    const series = noted(steps)
    expect(series.rate(hits, 300_000)).toBe(0)
    expect(series.rate(hits, 600_000)).toBe(5)
  })

  it('have no rate before there are two points', () => {
    expect(noted([[gets('hit', 5)]]).rate(hits, 300_000)).toBeUndefined()
  })

  it('have a counter that nothing was counted in at zero, and no gauge that is not shown', () => {
    const series = noted([[]])
    expect(series.now(hits)).toBe(0)
    expect(series.now(up)).toBeUndefined()
  })

  it('do not shrink when a counter begins again', () => {
    expect(noted([[gets('hit', 500)], [gets('hit', 3)]]).rate(hits, 300_000)).toBe(0)
  })

  it('keep a day', () => {
    const steps = Array.from({ length: 1440 }, (_, at) => [gets('hit', at * 60)])
    expect(noted(steps, 60_000).rate(hits, 86_400_000)).toBe(1)
  })
})
