import { describe, expect, it } from 'vitest'

import { findCookie, sessionCookie } from '../../../src/session/cookie.ts'

const refused = expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' })

describe('the cookie of a session', () => {
  it('is for this host alone, out of reach of scripts, and gone when the browser closes', () => {
    const cookie = sessionCookie()
    expect(cookie.set('v')).toBe('__Host-id=v; Path=/; HttpOnly; Secure; SameSite=Lax')
    expect(cookie.clear()).toBe('__Host-id=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0')
  })

  it('may be kept, stricter, or shared, as the options say', () => {
    expect(sessionCookie({ sameSite: 'strict', maxAge: '7d' }).set('v')).toContain('SameSite=Strict; Max-Age=604800')
    expect(sessionCookie({ name: '__Secure-id', domain: 'app.example', path: '/a' }).set('v')).toBe(
      '__Secure-id=v; Path=/a; Domain=app.example; HttpOnly; Secure; SameSite=Lax',
    )
    expect(sessionCookie({ secure: false }).set('v')).toBe('id=v; Path=/; HttpOnly; SameSite=Lax')
  })

  it.each([
    { domain: 'app.example' },
    { path: '/a' },
    { name: '__Host-id', secure: false },
    { name: '__secure-id', secure: false },
    { secure: false, sameSite: 'none' as const },
    { name: 'a;b' },
    { name: '' },
    { name: 'id', domain: 'a; HttpOnly' },
    { name: 'id', path: '/a;b' },
    { name: 'id', path: 'a' },
    { sameSite: 'sometimes' as 'lax' },
    { maxAge: -1 },
  ])('is refused where browsers would refuse it or share it too widely: %j', (options) => {
    expect(() => sessionCookie(options)).toThrow(refused)
  })
})

describe('looking for a cookie', () => {
  it.each([
    [undefined, { state: 'none' }],
    ['', { state: 'none' }],
    ['a=1; b=2', { state: 'none' }],
    ['xid=1; idx=2; id', { state: 'none' }],
    ['id=1', { state: 'one', value: '1' }],
    ['a=1;id=2 ;b=3', { state: 'one', value: '2' }],
    ['a=1; \t id=', { state: 'one', value: '' }],
    ['id=1; id=1', { state: 'refused', why: 'duplicate' }],
    [`id=1; a=${'x'.repeat(8192 - 8)}`, { state: 'one', value: '1' }],
    [`id=1; a=${'x'.repeat(8192 - 7)}`, { state: 'refused', why: 'oversized' }],
  ])('in %j', (header, found) => {
    expect(findCookie(header, 'id')).toEqual(found)
  })
})
