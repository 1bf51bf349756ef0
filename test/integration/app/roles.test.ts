import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RouteRole } from '../../../app/src/auth.ts'
import { ADMIN, ask, GUEST, startBackend, USER, type Backend, type Instance } from './service.ts'

let backend: Backend
let instance: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
})

afterAll(async () => {
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

// What each caller gets from a route of each role; undefined: the route itself answers.
const MATRIX: readonly (readonly [caller: string, token: string | undefined, Record<RouteRole, number | undefined>])[] =
  [
    ['nobody', undefined, { anyone: undefined, guest: 401, user: 401, admin: 401 }],
    ['somebody with an unknown token', 'wrong', { anyone: undefined, guest: 401, user: 401, admin: 401 }],
    ['a guest', GUEST, { anyone: undefined, guest: undefined, user: 403, admin: 403 }],
    ['a user', USER, { anyone: undefined, guest: undefined, user: undefined, admin: 403 }],
    ['an admin', ADMIN, { anyone: undefined, guest: undefined, user: undefined, admin: undefined }],
  ]

describe('every route', () => {
  it.each(MATRIX)('answers %s as its role says, before the body is read', async (_caller, token, expected) => {
    expect(instance.routes.length).toBeGreaterThan(30)
    for (const { method, path, role } of instance.routes) {
      const isRead = method === 'GET' || method === 'DELETE'
      const answer = await ask(instance.origin + path.replaceAll(/:\w+/g, 'x'), {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(!isRead && { 'content-type': 'application/json' }),
        },
        ...(!isRead && { body: '{ not JSON' }),
      })
      // A body that is no JSON is looked at only after the caller. A read answers what it likes, only not that.
      const meant = expected[role] ?? (isRead ? 'as it likes' : 400)
      // Some need a login, for which a token will not do; their sentence says so.
      const isRefused = [401, 403].includes(answer.status) && !/login|another account/.test(answer.body.detail)
      const got = meant === 'as it likes' && !isRefused ? meant : answer.status
      expect([`${method} ${path}`, got]).toEqual([`${method} ${path}`, meant])
    }
  })

  it('that anyone may call is meant to be', () => {
    const open = instance.routes.filter(({ role, method }) => role === 'anyone' && method !== 'GET')
    expect(open.map(({ method, path, limit }) => `${method} ${path} ${limit ?? 'without a limit'}`)).toEqual([
      'POST /api/features/submit write',
      'POST /api/validate/schema write',
      'POST /auth/login auth',
      'POST /auth/register auth',
      'POST /auth/logout without a limit',
    ])
  })
})
