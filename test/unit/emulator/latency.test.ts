import { describe, expect, it } from 'vitest'

import { checkLatency, drawLatency } from '../../../emulator/src/latency.ts'

describe('the latency', () => {
  it('is the same for every answer, or anywhere in a range', () => {
    expect([0, 0.5, 0.99].map((random) => drawLatency(20, random))).toEqual([20, 20, 20])
    expect([0, 0.5, 1].map((random) => drawLatency({ min: 10, max: 30 }, random))).toEqual([10, 20, 30])
  })

  it('has a long tail where it is told to', () => {
    const draws = Array.from({ length: 10_000 }, (_, n) => drawLatency({ p50: 5, p99: 50 }, n / 10_000))
    const above = (ms: number) => draws.filter((draw) => draw > ms).length / draws.length
    expect([above(5), above(50)]).toEqual([expect.closeTo(0.5, 2), expect.closeTo(0.01, 3)])
    expect(drawLatency({ p50: 5, p99: 50 }, 1)).toBeLessThan(1_000)
  })

  it.each([
    { p50: 0, p99: 1 },
    { p50: 2, p99: 1 },
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    { min: 2, max: 1 },
    { min: -1, max: 1 },
  ])('cannot be %j', (latency) => {
    expect(() => checkLatency(latency)).toThrow(RangeError)
  })
})
