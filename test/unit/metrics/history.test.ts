import { describe, expect, it } from 'vitest'

import { createHistory } from '../../../src/metrics/history.ts'

describe('the past', () => {
  it('is kept by the second, by ten seconds and by the minute, and no longer than its range', () => {
    const history = createHistory<{ readonly atMs: number }>()
    for (let second = 0; second < 90_000; second += 1) history.add({ atMs: second * 1000 })
    const span = (range: '5m' | '1h' | '24h'): readonly number[] => {
      const points = history.points(range)
      return [points.length, points[1] && points[0] ? points[1].atMs - points[0].atMs : 0]
    }
    expect(span('5m')).toEqual([300, 1000])
    expect(span('1h')).toEqual([360, 10_000])
    expect(span('24h')).toEqual([1440, 60_000])
  })

  it('ends with the newest point in every range, so that counts are never behind', () => {
    const history = createHistory<{ readonly atMs: number; readonly hits: number }>()
    for (let second = 0; second < 125; second += 1) history.add({ atMs: second * 1000, hits: second })
    expect((['5m', '1h', '24h'] as const).map((range) => history.points(range).at(-1)?.hits)).toEqual([124, 124, 124])
  })
})
