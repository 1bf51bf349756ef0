import { describe, expect, it } from 'vitest'

import { checkLatency, drawLatency } from '../../../emulator/src/latency.ts'

describe('the latency', () => {
  it('is the same for every answer, or anywhere in a range', () => {
    expect([0, 0.5, 0.99].map((random) => drawLatency(20, random))).toEqual([20, 20, 20])
    expect([0, 0.5, 1].map((random) => drawLatency({ min: 10, max: 30 }, random))).toEqual([10, 20, 30])
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, { min: 2, max: 1 }, { min: -1, max: 1 }])(
    'cannot be %j',
    (latency) => {
      expect(() => checkLatency(latency)).toThrow(RangeError)
    },
  )
})
