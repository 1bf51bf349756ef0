import { expect, it } from 'vitest'

import { createConfirmations } from '../../../src/admin/confirm.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const shown = { targets: '["key a"]', user: 'ada' }

it('keeps tokens in this process where there is no Redis, each for one use within five minutes', async () => {
  const clock = fakeClock()
  const { grant, redeem } = createConfirmations(null, 'ns', clock)
  const one = await grant({ ...shown, count: 7 })
  expect([await redeem(one.token, shown), await redeem(one.token, shown)]).toEqual([7, undefined])
  const late = await grant({ ...shown, count: 7 })
  clock.advance(300_001)
  expect(await redeem(late.token, shown)).toBeUndefined()
})

it('takes a token for nothing else and from nobody else', async () => {
  const { grant, redeem } = createConfirmations(null, 'ns', fakeClock())
  for (const other of [
    { ...shown, targets: '["key b"]' },
    { ...shown, user: 'eve' },
  ]) {
    const { token } = await grant({ ...shown, count: 1 })
    expect(await redeem(token, other)).toBeUndefined()
  }
  expect(await redeem('not a token', shown)).toBeUndefined()
})
