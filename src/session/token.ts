/**
 * The token of a session: 32 random bytes that only the browser's cookie holds. Redis, logs and events know its SHA-256.
 *
 *     cookie value   bb ttttttttttttttttttttttttttttttttttttttttttt     2 hex digits of the bucket, 43 of base64url
 *
 * The bucket decides the slot in a cluster: all sessions of a user share one, so that they begin and end together. It says
 * 8 bits of a keyed hash of the user, or nothing for somebody who is not logged in.
 *
 * A token guessed or planted is worth nothing: what is not in Redis is never adopted.
 */
import { hash } from 'node:crypto'

export interface Token {
  readonly bucket: string
  /** The 32 bytes, never to be written anywhere: from them and the key ring comes the key that opens the session. */
  readonly secret: Buffer
  /** SHA-256 of the token, as 43 characters of base64url: its name in Redis. */
  readonly hash: string
  /** What goes into the cookie. */
  readonly cookieValue: string
}

export const SECRET_BYTES = 32
/** What a device list shows of a session, and what events call it. */
const HANDLE_LENGTH = 16
// The last of 43 characters carries 4 bits; decoders ignore the other two, so four spellings would be one token.
const TOKEN = /^[0-9a-f]{2}[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

/** @param secret 32 bytes that nobody can guess */
export function tokenOf(bucket: string, secret: Buffer): Token {
  return withHash(bucket, secret, bucket + secret.toString('base64url'))
}

/** The token in a cookie; undefined for any text that this library would not have written. */
export function parseToken(cookieValue: string): Token | undefined {
  if (!TOKEN.test(cookieValue)) return undefined
  return withHash(cookieValue.slice(0, 2), Buffer.from(cookieValue.slice(2), 'base64url'), cookieValue)
}

/** A session's name for people and events: enough to tell it from others, and of no use as a cookie. */
export function handleOf(tokenHash: string): string {
  return tokenHash.slice(0, HANDLE_LENGTH)
}

function withHash(bucket: string, secret: Buffer, cookieValue: string): Token {
  return { bucket, secret, hash: hash('sha256', secret, 'base64url'), cookieValue }
}
