import { createHash, randomBytes } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { newToken } from '../../../src/session/deps.ts'
import { handleOf, parseToken, tokenOf } from '../../../src/session/token.ts'

describe('a token', () => {
  it('is 256 random bits that come back from the cookie, and is named by their SHA-256', () => {
    const secret = randomBytes(32)
    const token = tokenOf('0f', secret)
    expect(token.cookieValue).toBe(`0f${secret.toString('base64url')}`)
    expect(token.hash).toBe(createHash('sha256').update(secret).digest('base64url'))
    expect(parseToken(token.cookieValue)).toEqual(token)
    expect(handleOf(token.hash)).toBe(token.hash.slice(0, 16))
  })

  it('is another one each time, with every bit set as often as not', () => {
    const count = 20_000
    const seen = new Set<string>()
    const ones = new Uint32Array(256)
    for (let made = 0; made < count; made += 1) {
      const { secret, cookieValue } = newToken()
      seen.add(cookieValue)
      for (let bit = 0; bit < 256; bit += 1) ones[bit] = (ones[bit] ?? 0) + (((secret[bit >> 3] ?? 0) >> (bit & 7)) & 1)
    }
    expect(seen.size).toBe(count)
    // Chi-squared of 256 fair bits: above 400 once in 10^8 runs.
    const chi = ones.reduce((sum, one) => sum + (one - count / 2) ** 2 / (count / 4), 0)
    expect(chi).toBeLessThan(400)
  })

  it('has one spelling: what Node would decode to the same bytes is refused', () => {
    const { cookieValue } = tokenOf('ff', Buffer.alloc(32))
    expect(cookieValue.at(-1)).toBe('A')
    for (const last of ['B', 'C', 'D']) {
      const other = cookieValue.slice(0, -1) + last
      expect(Buffer.from(other.slice(2), 'base64url')).toEqual(Buffer.alloc(32))
      expect(parseToken(other)).toBeUndefined()
    }
    for (const other of [`${cookieValue}=`, ` ${cookieValue}`, `${cookieValue}\n`, cookieValue.replace('ff', 'FF'), ''])
      expect(parseToken(other)).toBeUndefined()
  })
})
