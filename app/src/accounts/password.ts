/**
 * Passwords as they are kept: a text that names the function and its costs, so that both can change without asking anybody
 * to log in again. Argon2id where this Node has it (24.7 and newer), with the costs that OWASP names; scrypt elsewhere.
 */
import * as crypto from 'node:crypto'
import { promisify } from 'node:util'

const SALT_BYTES = 16
const HASH_BYTES = 32
const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1 } as const
const SCRYPT = { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 2 ** 20 } as const

const KEPT = /^\$(argon2id|scrypt)\$([\w+/]{22}==)\$([\w+/]{43}=)$/

const hasArgon2 = typeof (crypto as { readonly argon2?: unknown }).argon2 === 'function'
const scrypt = promisify<crypto.BinaryLike, crypto.BinaryLike, number, crypto.ScryptOptions, Buffer>(crypto.scrypt)

/** The text to keep of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES)
  const name = hasArgon2 ? 'argon2id' : 'scrypt'
  return `$${name}$${salt.toString('base64')}$${(await derive(name, password, salt)).toString('base64')}`
}

/** Whether it is the password that a text was kept of. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [, name, salt = '', expected = ''] = KEPT.exec(kept) ?? []
  if (name !== 'argon2id' && name !== 'scrypt') return false
  if (name === 'argon2id' && !hasArgon2)
    throw new Error(`Node ${process.version} has no argon2id: run the service with Node 24.7 or newer`)
  const hash = Buffer.from(expected, 'base64')
  const derived = await derive(name, password, Buffer.from(salt, 'base64'))
  return hash.length === derived.length && crypto.timingSafeEqual(hash, derived)
}

function derive(name: 'argon2id' | 'scrypt', password: string, salt: Buffer): Promise<Buffer> {
  // One text, whichever way a keyboard composed its characters.
  const message = Buffer.from(password.normalize('NFC'))
  if (name === 'scrypt') return scrypt(message, salt, HASH_BYTES, SCRYPT)
  const parameters = { message, nonce: salt, ...ARGON2, tagLength: HASH_BYTES }
  return promisify(crypto.argon2)('argon2id', parameters)
}

const WANTED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\p{Lu}/u, 'an upper-case letter'],
  [/\p{Ll}/u, 'a lower-case letter'],
  [/\d/, 'a digit'],
  [/[^\p{L}\d\s]/u, 'a special character'],
]

/** What a new password lacks; nothing when it will do. */
export function passwordProblems(password: string): readonly string[] {
  const length = password.length < 8 ? ['8 characters'] : password.length > 128 ? ['at most 128 characters'] : []
  return [...length, ...WANTED.filter(([pattern]) => !pattern.test(password)).map(([, what]) => what)]
}
