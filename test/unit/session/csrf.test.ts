import type * as Crypto from 'node:crypto'
import { randomBytes, timingSafeEqual } from 'node:crypto'

import { beforeEach, describe, expect, it, vi } from 'vitest'

import { createKeyRing } from '../../../src/codec/key-ring.ts'
import { csrfToken, isCsrfToken, judgeOrigin } from '../../../src/session/csrf.ts'

// What it always was, and seen when it is asked.
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof Crypto>()
  return { ...crypto, timingSafeEqual: vi.fn<typeof timingSafeEqual>(crypto.timingSafeEqual) }
})

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

function changedAt(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

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

  describe('is compared in constant time', () => {
    const compared = vi.mocked(timingSafeEqual)
    beforeEach(() => void compared.mockClear())

    it.each([
      ['right', (token: string) => token],
      ['wrong from the first byte of its hash on', (token: string) => changedAt(token, 22)],
      ['wrong in the last one', (token: string) => changedAt(token, 62)],
      ['of another session', () => csrfToken(ring, 'another')],
    ])('when it is %s', (what, change) => {
      const token = change(csrfToken(ring, 'session'))
      expect(isCsrfToken(ring, 'session', token)).toBe(what === 'right')
      // Whole hashes, once: nothing has compared a part of them before, and nothing decides after.
      expect(compared.mock.calls.map((hashes) => hashes.map(({ byteLength }) => byteLength))).toEqual([[32, 32]])
      expect(compared.mock.results).toEqual([{ type: 'return', value: what === 'right' }])
      const [, given] = compared.mock.calls[0] ?? []
      expect(Buffer.from(given as Buffer)).toEqual(Buffer.from(token, 'base64url').subarray(16))
    })
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
