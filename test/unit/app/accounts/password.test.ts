import { describe, expect, it } from 'vitest'

import { hashPassword, isPassword, passwordProblems } from '../../../../app/src/accounts/password.ts'

describe('a password', () => {
  it('is known again, and no other one is taken for it', async () => {
    const kept = await hashPassword('Correct-Horse-7')
    expect(await isPassword('Correct-Horse-7', kept)).toBe(true)
    expect(await isPassword('correct-horse-7', kept)).toBe(false)
    expect(await isPassword('', kept)).toBe(false)
  })

  it('is kept under another salt each time, and names its function', async () => {
    const [one, other] = [await hashPassword('Correct-Horse-7'), await hashPassword('Correct-Horse-7')]
    expect(one).not.toBe(other)
    expect(one).toMatch(/^\$(?:argon2id|scrypt)\$[\w+/=]{24}\$[\w+/=]{44}$/)
    expect(one).not.toContain('Horse')
  })

  it('that was kept by scrypt, as an older Node does, is known again too', async () => {
    // scrypt of "Correct-Horse-7", N 65536, r 8, p 1, with a salt of 16 zeros.
    const { scryptSync } = await import('node:crypto')
    const salt = Buffer.alloc(16)
    const hash = scryptSync('Correct-Horse-7', salt, 32, { N: 2 ** 16, r: 8, p: 1, maxmem: 2 ** 28 })
    const kept = `$scrypt$${salt.toString('base64')}$${hash.toString('base64')}`
    expect([await isPassword('Correct-Horse-7', kept), await isPassword('Wrong-Horse-7', kept)]).toEqual([true, false])
  })

  it('is the same however a keyboard composed it', async () => {
    expect(await isPassword('Caf\u0065\u0301-Noir-7', await hashPassword('Caf\u00e9-Noir-7'))).toBe(true)
  })

  it.each(['', 'plain', '$md5$AAAA$AAAA', '$argon2id$', '$scrypt$AAAA$'])('is not matched by %j', async (kept) => {
    expect(await isPassword('', kept)).toBe(false)
  })

  it.each([
    ['Short-1', ['8 characters']],
    ['alllower-1', ['an upper-case letter']],
    ['ALLUPPER-1', ['a lower-case letter']],
    ['NoDigits-here', ['a digit']],
    ['NoSpecial1', ['a special character']],
    ['x'.repeat(200), ['at most 128 characters', 'an upper-case letter', 'a digit', 'a special character']],
    ['Correct-Horse-7', []],
    ['Übermaß-der-7', []],
  ])('%j lacks %j', (password, lacks) => {
    expect(passwordProblems(password)).toEqual(lacks)
  })
})
