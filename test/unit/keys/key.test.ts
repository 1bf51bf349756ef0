import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { KeyError } from '../../../src/base/errors.ts'
import { checkKey, checkName, checkNamespace, checkTag } from '../../../src/keys/key.ts'
import { attempt } from '../../support/attempt.ts'

describe('a key', () => {
  it('is any text, whatever characters it holds', () => {
    const texts = [
      'a',
      '*',
      '{',
      '}',
      '{}',
      '}{',
      '%',
      '\\',
      '\n',
      '\r\n',
      '\0',
      ' ',
      '🐉',
      'é',
      'a:b',
      '__proto__',
      '\uFFFD',
    ]
    for (const text of [...texts, 'x'.repeat(1024), '🐉'.repeat(256)]) expect(checkKey(text)).toBe(text)
  })

  it('is refused when it is no text, and the message says what it was', () => {
    const wrong: [unknown, string][] = [
      [undefined, 'undefined'],
      [null, 'null'],
      [1, 'number'],
      [Symbol('s'), 'symbol'],
      [['a'], 'object'],
      [Object('a'), 'object'],
    ]
    for (const [key, shown] of wrong) {
      expect(() => checkKey(key)).toThrow(new KeyError(`A key must be a text, got ${shown}`))
    }
  })

  it('is refused when it is empty', () => {
    expect(() => checkKey('')).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
  })

  it('is refused with a lone surrogate, which would meet U+FFFD in Redis', () => {
    for (const key of ['\uD800', 'a\uDC00', '\uDC00\uD800', '🐉\uD83D']) {
      expect(() => checkKey(key)).toThrow(
        expect.objectContaining({ code: 'ERR_HOLDFAST_KEY', message: expect.stringContaining('lone surrogate') }),
      )
    }
  })

  it('is refused above 1024 bytes of UTF-8, and the message does not repeat a megabyte', () => {
    for (const key of ['x'.repeat(1025), '🐉'.repeat(257), 'é'.repeat(513), 'x'.repeat(1_000_000)]) {
      const refused = (): string => checkKey(key)
      expect(refused).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
      expect(refused).toThrow(new RegExp(`got ${Buffer.byteLength(key)}: hash the long part, .{30,70}$`, 'u'))
    }
  })

  it('comes back as it is or is refused with a KeyError, never another error', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 2000, size: 'max' }), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.oneof(texts, fc.anything()), (key) => {
        const outcome = attempt(() => checkKey(key))
        expect(outcome === key || outcome instanceof KeyError).toBe(true)
      }),
    )
  })
})

describe('a tag', () => {
  it('follows the grammar of keys and is called a tag when it is refused', () => {
    expect(checkTag('requirement:42')).toBe('requirement:42')
    expect(() => checkTag('')).toThrow(new KeyError('A tag must not be empty'))
    expect(() => checkName('pattern', 5)).toThrow(new KeyError('A pattern must be a text, got number'))
  })
})

describe('a namespace', () => {
  it('takes letters, digits, underscore and hyphen, up to 64', () => {
    for (const namespace of ['a', 'ttrpg', 'A-Z_0', 'x'.repeat(64)]) expect(checkNamespace(namespace)).toBe(namespace)
  })

  it('is refused with any other character, since it stands between braces and colons in Redis', () => {
    const wrong = ['', 'a:b', 'a{b', 'a}b', 'a b', 'a\n', 'ä', 'a*', 'a%', 'x'.repeat(65), 5, null, undefined, ['a']]
    for (const namespace of wrong) {
      expect(() => checkNamespace(namespace), String(namespace)).toThrow(
        expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }),
      )
    }
  })
})
