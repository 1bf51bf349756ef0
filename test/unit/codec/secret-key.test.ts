import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { secretKey } from '../../../src/codec/secret-key.ts'
import { attempt } from '../../support/attempt.ts'

const refused = expect.objectContaining({
  code: 'ERR_HOLDFAST_CONFIG',
  message: expect.stringContaining('openssl rand -base64 32'),
})

describe('a secret key', () => {
  it('is taken as bytes, as base64 and as base64url', () => {
    for (let made = 0; made < 200; made += 1) {
      const bytes = randomBytes(32)
      const key = secretKey('k', bytes)
      expect(key.equals(secretKey('k', bytes.toString('base64')))).toBe(true)
      expect(key.equals(secretKey('k', bytes.toString('base64url')))).toBe(true)
      expect(key.equals(secretKey('k', Uint8Array.from(bytes)))).toBe(true)
    }
  })

  it.each([
    ['too short', randomBytes(16)],
    ['too long', randomBytes(64)],
    ['no bytes', new Uint8Array(0)],
    ['all zeros', Buffer.alloc(32)],
    ['all equal', Buffer.alloc(32, 0xa5)],
    ['a short pattern', Buffer.alloc(32, 'c0ffee11', 'hex')],
    ['counting', Buffer.from(Array.from({ length: 32 }, (_, at) => at + 1))],
    ['counting by seven', Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 7) % 256))],
    ['a sentence', Buffer.from('correct horse battery staple 123')],
  ])('is refused as bytes that are %s', (_weakness, secret) => {
    expect(() => secretKey('k', secret)).toThrow(refused)
  })

  it.each([
    ['empty', ''],
    ['a short passphrase', 'hunter2'],
    ['a long passphrase', 'correct horse battery staple, and then some more'],
    ['base64 of a sentence', Buffer.from('correct horse battery staple 123').toString('base64')],
    ['base64 of zeros', Buffer.alloc(32).toString('base64')],
    ['base64 of 31 bytes', randomBytes(31).toString('base64')],
    ['base64 of 33 bytes', randomBytes(33).toString('base64')],
    [
      'base64 with a character that Node would skip',
      `${randomBytes(32).toString('base64').slice(0, 20)}!${'a'.repeat(23)}`,
    ],
    ['hex', randomBytes(32).toString('hex')],
  ])('is refused as text that is %s', (_weakness, secret) => {
    expect(() => secretKey('k', secret)).toThrow(refused)
  })

  it('is refused as anything else', () => {
    expect(() => secretKey('k', 42 as never)).toThrow(refused)
    expect(() => secretKey('k', Array.from(randomBytes(32)) as never)).toThrow(refused)
    expect(() => secretKey('k', undefined as never)).toThrow(refused)
  })

  it('is not repeated by its refusal', () => {
    const error = attempt(() => secretKey('the id', 'correct horse battery staple')) as Error
    expect(error.message).toContain('"the id"')
    expect(`${error.message}${error.stack}`).not.toContain('horse')
  })
})
