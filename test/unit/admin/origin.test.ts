import { describe, expect, it } from 'vitest'

import { isLoopback, isSameOrigin } from '../../../src/admin/origin.ts'

const request = (headers: Readonly<Record<string, string>>, url = 'http://cache.example/api/me') =>
  new Request(url, { headers })

describe('a request of the same origin', () => {
  it('is what the browser says that it is', () => {
    const of = (site: string) => isSameOrigin(request({ 'sec-fetch-site': site, origin: 'http://cache.example' }))
    expect(['same-origin', 'same-site', 'cross-site', 'none'].map(of)).toEqual([true, false, false, false])
  })

  it('is by its Origin where the browser says nothing else, and not when that is missing', () => {
    const of = (headers: Readonly<Record<string, string>>) =>
      isSameOrigin(request({ host: 'cache.example', ...headers }))
    expect(of({ origin: 'http://cache.example' })).toBe(true)
    expect(of({ origin: 'https://evil.example' })).toBe(false)
    expect(of({ origin: 'null' })).toBe(false)
    expect(of({})).toBe(false)
  })
})

describe('a request from this machine', () => {
  const here = 'http://localhost:3000/'

  it('comes from its addresses, by one of its names', () => {
    expect(
      ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map((address) => isLoopback(request({}, here), address)),
    ).toEqual([true, true, true, true])
    expect(['', '10.0.0.1', '1270.0.0.1', '::2'].map((address) => isLoopback(request({}, here), address))).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(isLoopback(request({}, 'http://[::1]:3000/'), '::1')).toBe(true)
  })

  it('has no proxy between, since through one everybody is local', () => {
    for (const name of ['forwarded', 'x-forwarded-for', 'x-real-ip'])
      expect(isLoopback(request({ [name]: '1.2.3.4' }, here), '::1')).toBe(false)
  })

  it('does not ask for a name that somebody else points here', () => {
    expect(isLoopback(request({ host: 'evil.example' }, here), '127.0.0.1')).toBe(false)
    expect(isLoopback(request({}, 'http://localhost.evil.example/'), '127.0.0.1')).toBe(false)
  })
})
