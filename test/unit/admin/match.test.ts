import { describe, expect, it } from 'vitest'

import { match } from '../../../src/admin/match.ts'

const nameOf = (path: string, base?: string, method = 'GET') => {
  const matched = match(method, path, base)
  return matched.state === 'route' ? matched.name : matched.state
}

describe('the route of a request', () => {
  it('is what the path ends with, wherever it is mounted', () => {
    expect(['/api/me', '/ops/api/me', '/a/b/c/api/me'].map((path) => nameOf(path))).toEqual(['me', 'me', 'me'])
    expect(nameOf('/ops/events')).toBe('events')
    expect(nameOf('/ops/api/sessions/users/ada')).toBe('userSessions')
  })

  it('is all of the rest where the mount is known', () => {
    expect([nameOf('/ops/api/me', '/ops'), nameOf('/ops/x/api/me', '/ops'), nameOf('/other/api/me', '/ops')]).toEqual([
      'me',
      'none',
      'none',
    ])
    expect([nameOf('/ops/', '/ops'), nameOf('/ops', '/ops/'), nameOf('/opsy/', '/ops')]).toEqual([
      'page',
      'to-slash',
      'none',
    ])
  })

  it('is the longest that fits: a key may be called like a route', () => {
    for (const key of ['metrics', 'events', 'api%2Fme']) {
      expect(match('GET', `/ops/api/keys/${key}`, undefined)).toEqual({
        state: 'route',
        name: 'key',
        params: { key: decodeURIComponent(key) },
      })
    }
    expect(match('POST', '/api/keys/metrics', undefined)).toEqual({
      state: 'other-method',
      name: 'key',
      allow: ['GET'],
    })
  })

  it('takes a part that cannot be decoded as it is', () => {
    expect(match('GET', '/api/keys/%E0%A4%A', undefined)).toMatchObject({ params: { key: '%E0%A4%A' } })
  })

  it('is a file of the page for what is no route of the API, and never for what looks like one', () => {
    expect(match('GET', '/ops/assets/app.1.js', undefined)).toMatchObject({
      name: 'page',
      params: { file: 'assets/app.1.js' },
    })
    expect(match('GET', '/ops/favicon.ico', undefined)).toMatchObject({ name: 'page', params: { file: 'favicon.ico' } })
    expect([nameOf('/ops/api/nothing'), nameOf('/api'), nameOf('/ops/..%2fx')]).toEqual(['none', 'none', 'none'])
    expect(match('POST', '/ops/', undefined)).toMatchObject({ state: 'other-method', allow: ['GET'] })
  })

  it('leads to the slash by an address that holds below any prefix', () => {
    expect(match('GET', '/x/cache', undefined)).toEqual({ state: 'to-slash', location: './cache/' })
    expect(match('GET', '/x/cache', '/x/cache')).toEqual({ state: 'to-slash', location: './cache/' })
  })

  it('answers HEAD as GET', () => {
    expect(nameOf('/api/me', undefined, 'HEAD')).toBe('me')
  })
})
