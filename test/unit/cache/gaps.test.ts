import { describe, expect, it } from 'vitest'

import { gaps } from '../../../src/cache/gaps.ts'

describe('the gaps between samples', () => {
  it('are as long as asked for on average, never regular, and always at least one', () => {
    const gap = gaps(16, { id: () => 'abcdefghijk', fraction: () => 0 })
    const drawn = Array.from({ length: 10_000 }, gap)
    const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length
    expect(mean).toBeGreaterThan(15)
    expect(mean).toBeLessThan(17)
    expect(Math.min(...drawn)).toBe(1)
    expect(new Set(drawn).size).toBe(31)
  })

  it('of one let nothing pass', () => {
    const gap = gaps(1, { id: () => 'abcdefghijk', fraction: () => 0 })
    expect(Array.from({ length: 100 }, gap)).toEqual(Array.from({ length: 100 }, () => 1))
  })
})
