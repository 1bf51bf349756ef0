import { expect, it } from 'vitest'

import { createLimiter } from '../../../src/admin/limits.ts'
import { fakeClock } from '../../support/fake-clock.ts'

it('lets each person do so much at once, and then as it refills', () => {
  const clock = fakeClock()
  const { take } = createLimiter(clock, 2)
  expect([take('a'), take('a'), take('a'), take('b')]).toEqual([0, 0, 30_000, 0])
  clock.advance(29_999)
  expect(take('a')).toBeGreaterThan(0)
  clock.advance(1)
  expect([take('a'), take('a')]).toEqual([0, 30_000])
})

it('forgets those who did nothing longest', () => {
  const { take } = createLimiter(fakeClock(), 1)
  for (let person = 0; person < 1001; person += 1) take(String(person))
  expect([take('1000') > 0, take('0')]).toEqual([true, 0])
})
