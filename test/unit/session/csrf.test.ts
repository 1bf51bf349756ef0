import { randomBytes } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { createKeyRing } from '../../../src/codec/key-ring.ts'
import { csrfToken, isCsrfToken, judgeOrigin } from '../../../src/session/csrf.ts'

const trusted = new Set(['https://partner.example'])
const host = 'app.example'

describe('where a request comes from', () => {
  it.each([
    ['GET', { fetchSite: 'cross-site', origin: 'https://evil.example' }, true],
    ['head', { fetchSite: 'cross-site' }, true],
    ['POST', { fetchSite: 'same-origin' }, true],
    ['POST', { fetchSite: 'none' }, true],
    ['POST', { fetchSite: 'cross-site', origin: 'https://app.example' }, false],
    ['POST', { fetchSite: 'same-site', origin: 'https://sibling.example' }, false],
    ['POST', { fetchSite: 'cross-site', origin: 'https://partner.example' }, true],
    ['POST', { fetchSite: 'anything' }, false],
    ['DELETE', { origin: 'https://app.example' }, true],
    ['DELETE', { origin: 'https://app.example:444' }, false],
    ['PUT', { origin: 'https://app.example.evil.example' }, false],
    ['PATCH', { origin: 'null' }, false],
    ['POST', {}, false],
    ['POST', { hasSession: false }, true],
    ['POST', { hasSession: false, origin: 'https://evil.example' }, false],
    ['POST', { hasSession: false, fetchSite: 'cross-site' }, false],
    ['PROPFIND', {}, false],
  ])('%s with %j', (method, headers, allowed) => {
    expect(judgeOrigin({ method, host, ...headers }, trusted).allowed).toBe(allowed)
  })
})

describe('a CSRF token', () => {
  const keys = { a: randomBytes(32), b: randomBytes(32) }
  const ring = createKeyRing({ keys, current: 'a' })

  it('is good for its session, looks different each time, and outlives a change of keys', () => {
    const [one, two] = [csrfToken(ring, 'session'), csrfToken(ring, 'session')]
    expect(one).not.toBe(two)
    ring.replace({ keys, current: 'b' })
    expect([isCsrfToken(ring, 'session', one), isCsrfToken(ring, 'session', two)]).toEqual([true, true])
    ring.replace({ keys: { b: keys.b } })
    expect(isCsrfToken(ring, 'session', one)).toBe(false)
  })

  it('is refused for another session, changed, cut off, or not a text', () => {
    const token = csrfToken(ring, 'session')
    expect(isCsrfToken(ring, 'another', token)).toBe(false)
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A'
      expect(isCsrfToken(ring, 'session', token.slice(0, at) + other + token.slice(at + 1)), String(at)).toBe(false)
      expect(isCsrfToken(ring, 'session', token.slice(0, at))).toBe(false)
    }
    for (const value of [undefined, null, 1, [token], `${token}A`])
      expect(isCsrfToken(ring, 'session', value)).toBe(false)
  })
})
