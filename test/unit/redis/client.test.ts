import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { reconnectPauseMs } from '../../../src/redis/client.ts'

describe('the pause before connecting again', () => {
  it('grows with the attempts up to about two seconds', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 100, 1e9].map((attempt) => reconnectPauseMs(attempt, () => 1))
    expect(longest).toEqual([150, 250, 450, 850, 1650, 2050, 2050, 2050, 2050])
  })

  it('is drawn from all of its length, so that a fleet does not come back in step, and is never nothing', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (attempt, drawn) => {
        const pauseMs = reconnectPauseMs(attempt, () => drawn)
        const longestMs = reconnectPauseMs(attempt, () => 1)
        expect(pauseMs).toBeCloseTo(50 + drawn * (longestMs - 50), 6)
        expect(pauseMs).toBeGreaterThanOrEqual(50)
      }),
    )
  })
})
