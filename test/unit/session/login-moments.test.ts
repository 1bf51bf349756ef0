import { expect, it } from 'vitest'

import { LoginMoments } from '../../../src/session/login-moments.ts'
import { fakeClock } from '../../support/fake-clock.ts'

it('tells logins from before a cut from those after it, within one millisecond', () => {
  const moments = new LoginMoments(fakeClock())
  for (let round = 0; round < 10; round += 1) {
    const before = moments.login()
    const cut = moments.cut()
    expect(before).toBeLessThanOrEqual(cut)
    expect(moments.login()).toBeGreaterThan(cut)
  }
})

it('follows a clock that was set back', () => {
  const clock = { ...fakeClock(), wallMs: () => wallMs }
  let wallMs = 1_000_000
  const moments = new LoginMoments(clock)
  moments.cut()
  wallMs = 500_000
  expect(moments.login()).toBe(500_000)
})
