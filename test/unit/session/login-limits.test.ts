import { expect, it } from 'vitest'

import { resolveLimits } from '../../../src/session/login-limits.ts'

it('asks by address first, so that one that floods a name does not use up the user’s own limit', () => {
  expect(resolveLimits().map(([name]) => name)).toEqual(['address', 'pair', 'user'])
  expect(resolveLimits({ address: false, user: { attempts: 10, per: '1s' } })).toEqual([
    ['pair', { costMs: 60_000, burstMs: 300_000 }],
    ['user', { costMs: 100, burstMs: 1000 }],
  ])
})

it.each([
  { attempts: 0, per: '1s' as const },
  { attempts: 1.5, per: '1s' as const },
  { attempts: 2000, per: '1s' as const },
  { attempts: 1, per: 0 },
])('refuses %j', (limit) => {
  expect(() => resolveLimits({ pair: limit })).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }))
})
