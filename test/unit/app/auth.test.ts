import { describe, expect, it } from 'vitest'

import { createAuthenticate, requireAdmin } from '../../../app/src/auth.ts'

const authenticate = createAuthenticate([
  { token: 'admin-token', user: 'ada', role: 'admin' },
  { token: 'user-token', user: 'uma', role: 'user' },
])

describe('authenticate', () => {
  it('finds the account that a token stands for', () => {
    expect(authenticate('Bearer admin-token')).toEqual({ user: 'ada', role: 'admin' })
    expect(authenticate('bearer  user-token ')).toEqual({ user: 'uma', role: 'user' })
  })

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic admin-token',
    'admin-token',
    'Bearer admin-tokenx',
    'Bearer a b',
  ])('finds none for %j', (header) => {
    expect(authenticate(header)).toBeUndefined()
  })
})

describe('requireAdmin', () => {
  it('lets an admin through', () => {
    expect(requireAdmin({ user: 'ada', role: 'admin' })).toEqual({ user: 'ada', role: 'admin' })
  })

  it('answers 401 without an account, and says how to authenticate', () => {
    expect(() => requireAdmin(undefined)).toThrow(
      expect.objectContaining({ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }),
    )
  })

  it('answers 403 to an account of another role', () => {
    expect(() => requireAdmin({ user: 'uma', role: 'user' })).toThrow(
      expect.objectContaining({ status: 403, detail: 'Admin privileges required' }),
    )
  })
})
