import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parsePattern, prefixesOf } from '../../../src/keys/pattern.ts'

const prefix = (text: string) => ({ kind: 'prefix', prefix: text })

describe('a pattern', () => {
  it('is * for everything', () => {
    expect(parsePattern('*')).toEqual({ kind: 'all' })
  })

  it('is a prefix that ends at a colon, with a star', () => {
    expect(parsePattern('requirements:*')).toEqual(prefix('requirements:'))
    expect(parsePattern('a:b:*')).toEqual(prefix('a:b:'))
    expect(parsePattern(':*')).toEqual(prefix(':'))
    expect(parsePattern('{🐉}%\n\0:*')).toEqual(prefix('{🐉}%\n\0:'))
  })

  it('takes the character after a backslash as it is', () => {
    expect(parsePattern(String.raw`a\*b:*`)).toEqual(prefix('a*b:'))
    expect(parsePattern(String.raw`\[\?\\:*`)).toEqual(prefix('[?\\:'))
    expect(parsePattern(String.raw`\a\🐉:*`)).toEqual(prefix('a🐉:'))
    expect(parsePattern(String.raw`a\:*`)).toEqual(prefix('a:'))
  })

  it('is a glob in any other form: a wildcard elsewhere, no colon before the star, no star', () => {
    const globs = ['a', 'a:', 'a*', '**', '*:*', 'a:*:b', 'a*:*', 'a:?', 'a?:*', '[ab]:*', 'a:**', String.raw`a:\*`]
    for (const pattern of globs) expect(parsePattern(pattern)).toEqual({ kind: 'glob', glob: pattern })
  })

  it('is refused when it is no text, empty, ill-formed, or a glob that cannot be read', () => {
    for (const pattern of ['', '\\', 'a:*\\', 'a[b:*', '\uD800:*', 5, null, undefined, ['a:*']]) {
      expect(() => parsePattern(pattern), String(pattern)).toThrow(
        expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }),
      )
    }
  })

  it('is a prefix up to 16 colons, the most that a key’s prefixes are counted to, and a glob with more', () => {
    const deepest = 'a:'.repeat(16)
    expect(parsePattern(`${deepest}*`)).toEqual(prefix(deepest))
    expect(prefixesOf(`${deepest}b`)).toContain(deepest)
    expect(parsePattern(`${deepest}b:*`)).toEqual({ kind: 'glob', glob: `${deepest}b:*` })
  })

  it('can name every prefix of every key, with wildcards in it escaped', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', ':', '*', '?', '[', '\\', '🐉', '{', '\n'), minLength: 1 })
    fc.assert(
      fc.property(texts, (key) => {
        for (const named of prefixesOf(key)) {
          expect(parsePattern(`${named.replace(/[*?[\\]/g, String.raw`\$&`)}*`)).toEqual(prefix(named))
        }
      }),
    )
  })
})

describe('the prefixes of a key', () => {
  it('are one for each colon, shortest first', () => {
    expect(prefixesOf('a:b:c')).toEqual(['a:', 'a:b:'])
    expect(prefixesOf('abc')).toEqual([])
    expect(prefixesOf('::')).toEqual([':', '::'])
    expect(prefixesOf('a:')).toEqual(['a:'])
  })

  it('are 16 at most, so that a key of colons costs no more lookups', () => {
    expect(prefixesOf(':'.repeat(1000))).toHaveLength(16)
  })
})
