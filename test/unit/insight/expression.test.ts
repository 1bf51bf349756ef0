import { describe, expect, it } from 'vitest'

import {
  evaluate,
  gauge,
  holds,
  promDuration,
  rate,
  ratio,
  rest,
  selectorsOf,
  toPromql,
} from '../../../src/insight/expression.ts'

const series = (values: Readonly<Record<string, number>>) => ({
  now: ({ metric }: { readonly metric: string }) => values[metric],
  rate: ({ metric }: { readonly metric: string }) => values[metric],
})

describe('an expression', () => {
  const share = ratio(rate('bad_total', 300_000, { result: ['a', 'b'] }), rate('all_total', 300_000))

  it('says the same to Prometheus and here', () => {
    expect(toPromql(rest(share), 'cache_', 'job')).toBe(
      '(1 - (sum by (job) (rate(cache_bad_total{result=~"a|b"}[5m])) / sum by (job) (rate(cache_all_total[5m]))))',
    )
    expect(evaluate(rest(share), series({ bad_total: 1, all_total: 4 }))).toBe(0.75)
  })

  it('is not known where a part is not, nor as a ratio to nothing', () => {
    expect(evaluate(share, series({ bad_total: 1 }))).toBeUndefined()
    expect(evaluate(share, series({ bad_total: 0, all_total: 0 }))).toBeUndefined()
  })

  it('names what must be kept for it', () => {
    expect(selectorsOf(rest(share)).map(({ metric }) => metric)).toEqual(['bad_total', 'all_total'])
  })
})

describe('a condition', () => {
  it('has its second limit only while the alarm rings', () => {
    const condition = { value: gauge('g'), is: 'below', limit: 0.7, clearAt: 0.75 } as const
    expect([0.69, 0.72, 0.76].map((g) => holds(condition, series({ g }), false))).toEqual([true, false, false])
    expect([0.69, 0.72, 0.76].map((g) => holds(condition, series({ g }), true))).toEqual([true, true, false])
  })

  it('does not hold of what is not known', () => {
    expect(holds({ value: gauge('g'), is: 'below', limit: 1 }, series({}), true)).toBe(false)
  })
})

describe('a duration', () => {
  it('is written in the largest unit that it is whole in', () => {
    expect([30_000, 90_000, 300_000, 7_200_000, 259_200_000].map(promDuration)).toEqual([
      '30s',
      '90s',
      '5m',
      '2h',
      '3d',
    ])
  })
})
