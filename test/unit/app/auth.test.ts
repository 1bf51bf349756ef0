import { describe, expect, it } from 'vitest'

import { createAuthenticate, requireRole, type Account } from '../../../app/src/auth.ts'

const authenticate = createAuthenticate([
  { token: 'admin-token', user: 'ada', id: 'u-1', role: 'admin' },
  { token: 'user-token', user: 'uma', id: 'u-2', role: 'user' },
])

describe('authenticate', () => {
  it('finds the account that a token stands for', () => {
    expect(authenticate('Bearer admin-token')).toEqual({ user: 'ada', id: 'u-1', role: 'admin' })
    expect(authenticate('bearer  user-token ')).toEqual({ user: 'uma', id: 'u-2', role: 'user' })
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

const of = (role: Account['role']): Account => ({ user: 'ada', id: 'u-1', role })

describe('requireRole', () => {
  it.each([
    ['anyone', [200, 200, 200, 200]],
    ['guest', [401, 200, 200, 200]],
    ['user', [401, 403, 200, 200]],
    ['admin', [401, 403, 403, 200]],
  ] as const)('for %s lets in nobody, guests, users and admins as %j', (role, statuses) => {
    const statusOf = (account: Account | undefined): unknown => {
      try {
        requireRole(account, role)
        return 200
      } catch (error) {
        return (error as { readonly status?: unknown }).status
      }
    }
    expect([undefined, of('guest'), of('user'), of('admin')].map(statusOf)).toEqual(statuses)
  })

  it('says how to authenticate', () => {
    expect(() => requireRole(undefined, 'admin')).toThrow(
      expect.objectContaining({ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }),
    )
  })

  it('says which privileges are missing', () => {
    expect(() => requireRole(of('user'), 'admin')).toThrow(
      expect.objectContaining({ status: 403, message: 'Admin privileges required' }),
    )
  })
})
