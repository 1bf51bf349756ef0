import { describe, expect, it } from 'vitest'

import { addCounts, Histogram, quantile } from '../../../src/metrics/histogram.ts'

describe('a histogram', () => {
  it('counts a value that lies on an edge below it', () => {
    const seconds = new Histogram([0.001, 0.005])
    for (const value of [0.001, 0.005, 0.0051]) seconds.observe(value)
    expect(seconds.counts).toEqual([1, 1, 1])
    expect(seconds.count).toBe(3)
    expect(seconds.sum).toBeCloseTo(0.0111)
  })

  it('counts one of a sample as often as it stands for', () => {
    const seconds = new Histogram([1])
    seconds.observe(0.5, 16)
    expect(seconds.counts).toEqual([16, 0])
    expect(seconds.sum).toBe(8)
  })

  it('adds up series of different length', () => {
    const into = [1]
    addCounts(into, [1, 2])
    expect(into).toEqual([2, 2])
  })
})

describe('a quantile', () => {
  it('lies within the bucket that holds its rank, as Prometheus interpolates it', () => {
    expect(quantile(0.5, [1, 2, 4], [0, 10, 0, 0])).toBe(1.5)
    expect(quantile(0.99, [1, 2, 4], [50, 50, 0, 0])).toBeCloseTo(1.98)
  })

  it('is the last edge for what is above every edge, and nothing where nothing was counted', () => {
    expect(quantile(0.5, [1, 2], [0, 0, 3])).toBe(2)
    expect(quantile(0.5, [1, 2], [0, 0, 0])).toBeUndefined()
  })
})
