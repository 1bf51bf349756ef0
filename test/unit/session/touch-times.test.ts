import { expect, it } from 'vitest'

import { TouchTimes } from '../../../src/session/touch-times.ts'
import { fakeClock } from '../../support/fake-clock.ts'

it('tells of a session once in a while, of each for itself', () => {
  const clock = fakeClock()
  const touches = new TouchTimes(clock, 1000)
  expect([touches.isDue('a'), touches.isDue('a'), touches.isDue('b')]).toEqual([true, false, true])
  clock.advance(999)
  expect(touches.isDue('a')).toBe(false)
  clock.advance(1)
  expect([touches.isDue('a'), touches.isDue('a')]).toEqual([true, false])
})

it('forgets the oldest of very many, and none that was told of just now', () => {
  const touches = new TouchTimes(fakeClock(), 1000)
  for (let at = 0; at < 25_000; at += 1) expect(touches.isDue(String(at))).toBe(true)
  expect(touches.isDue('24999')).toBe(false)
  expect(touches.isDue('16000')).toBe(false)
  expect(touches.isDue('0')).toBe(true)
})
