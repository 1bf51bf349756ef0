import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileGlob } from '../../../src/keys/glob.ts'

const matches = (pattern: string, key: string): boolean => compileGlob(pattern).matches(key)

describe('a glob', () => {
  it('matches whole keys: * any text, ? one character', () => {
    expect(matches('user:*:cart', 'user:7:cart')).toBe(true)
    expect(matches('user:*:cart', 'user::cart')).toBe(true)
    expect(matches('user:*:cart', 'user:7:cart:2')).toBe(false)
    expect(matches('a?c', 'abc')).toBe(true)
    expect(matches('a?c', 'ac')).toBe(false)
    expect(matches('', 'a')).toBe(false)
    expect(matches('a', 'ab')).toBe(false)
    expect(matches('a*', 'a')).toBe(true)
  })

  it('matches one of some characters, or none of them', () => {
    expect(matches('report:202[56]-??', 'report:2025-11')).toBe(true)
    expect(matches('report:202[56]-??', 'report:2024-11')).toBe(false)
    expect(matches('[a-c]', 'b')).toBe(true)
    expect(matches('[c-a]', 'b')).toBe(true)
    expect(matches('[^a-c]', 'b')).toBe(false)
    expect(matches('[^a-c]', 'd')).toBe(true)
    expect(matches('[^a]', '')).toBe(false)
    expect(matches('[a-]', '-')).toBe(true)
  })

  it('takes the character after a backslash as it is, in a class too', () => {
    expect(matches(String.raw`\*\?\[\\`, '*?[\\')).toBe(true)
    expect(matches(String.raw`a\*`, 'ab')).toBe(false)
    expect(matches(String.raw`[\]]`, ']')).toBe(true)
    expect(matches(String.raw`[\^a]`, '^')).toBe(true)
  })

  it('counts an emoji as one character and a newline as any', () => {
    expect(matches('?', '🐉')).toBe(true)
    expect(matches('[🐉]', '🐉')).toBe(true)
    expect(matches('[🐉]', '🐊')).toBe(false)
    expect(matches('a*b', 'a\n\0b')).toBe(true)
  })

  it('takes stars in a row for one', () => {
    expect(matches('*'.repeat(200), 'anything')).toBe(true)
    expect(matches('a**b', 'ab')).toBe(true)
  })

  it('is refused when it cannot be read or is a list of keys in disguise', () => {
    const wrong = ['[', '[]', '[^]', '[a', 'a[b-', '[a-', String.raw`[\]`, '\\', 'a\\', 'a'.repeat(257), '*a'.repeat(9)]
    for (const pattern of wrong) {
      expect(() => compileGlob(pattern), pattern).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
    }
    expect(matches('🐉'.repeat(256), '🐉'.repeat(256))).toBe(true)
    expect(matches('*a'.repeat(8), 'a'.repeat(8))).toBe(true)
  })

  it('compiles from its own text to the same glob', () => {
    expect(compileGlob(compileGlob('a*[b-d]?').text).text).toBe('a*[b-d]?')
  })

  it('matches what the regular expression of the same meaning matches', () => {
    const characters = ['a', 'b', '-', '🐉', '\n'] as const
    const part = fc.oneof(
      fc.constantFrom(...characters).map((character) => [character, character]),
      fc.constant(['*', '[^]*']),
      fc.constant(['?', '[^]']),
      fc.constantFrom('[ab]', '[^ab]', '[🐉]', '[^-]').map((text) => [text, text]),
      fc.constantFrom('*', '?', '[', '\\').map((character) => [`\\${character}`, `\\${character}`]),
    )
    const patterns = fc.array(part, { maxLength: 8 })
    const keys = fc.string({ unit: fc.constantFrom(...characters, '*', '\\', '['), maxLength: 8 })
    fc.assert(
      fc.property(patterns, keys, (parts, key) => {
        const pattern = parts.map(([text]) => text).join('')
        const expected = new RegExp(`^${parts.map(([, source]) => source).join('')}$`, 'u').test(key)
        expect(matches(pattern, key)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })
})
