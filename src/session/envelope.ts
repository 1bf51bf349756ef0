/**
 * The sealed form of what Redis keeps: AES-256-GCM under a key that is derived for this one session.
 *
 *     0   version   1
 *     1   flags     0
 *     2   key       4    which key of the ring (key-ring.ts)
 *     6   nonce     12   random; a new one at each write, so it also tells one write from the next
 *     18  ciphertext     as long as the text
 *     …   tag       16
 *
 * The salt of the derived key is the token, which is in the cookie alone: who has all of Redis and all of the key ring reads
 * nothing. The first 18 bytes and the key in Redis are authenticated with the text, so a blob opens only where it was
 * written. What GCM says before its tag is checked is never looked at, and every failure looks the same.
 */
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'

import type { KeyRing } from '../codec/key-ring.ts'

/** Where a text is sealed, and with what. */
export interface SealPlace {
  /** The key in Redis. */
  readonly key: string
  readonly purpose: string
  /** The token, for what only its cookie may open. */
  readonly salt?: Buffer
  /** Its SHA-256 in base64url, where that is known. */
  readonly saltHash?: string
}

export type Unsealed =
  | { readonly state: 'open'; readonly text: string; readonly header: Buffer }
  | { readonly state: 'refused'; readonly why: 'unknown-key' | 'unreadable' }

const VERSION = 1
const KEY_AT = 2
const NONCE_AT = 6
const NONCE_BYTES = 12
export const HEADER_BYTES = 18
const TAG_BYTES = 16
/** What sealing adds to a text. */
const ENVELOPE_BYTES = HEADER_BYTES + TAG_BYTES
const ALGORITHM = 'aes-256-gcm'
// Without it Node takes tags of 4 bytes too, which are guessed in hours.
const TAG = { authTagLength: TAG_BYTES }

export function seal(ring: KeyRing, { key, purpose, salt, saltHash }: SealPlace, text: string): Buffer {
  const subkey = ring.sealing(purpose, salt, saltHash)
  const header = Buffer.alloc(HEADER_BYTES)
  header[0] = VERSION
  header.writeUInt32BE(subkey.wireId, KEY_AT)
  const nonce = randomFillSync(header, NONCE_AT, NONCE_BYTES).subarray(NONCE_AT)
  const cipher = createCipheriv(ALGORITHM, subkey.key, nonce, TAG)
  cipher.setAAD(boundTo(header, key))
  const sealed = cipher.update(text, 'utf8')
  cipher.final()
  return Buffer.concat([header, sealed, cipher.getAuthTag()])
}

export function unseal(ring: KeyRing, { key, purpose, salt, saltHash }: SealPlace, bytes: Buffer): Unsealed {
  if (bytes.length < ENVELOPE_BYTES || bytes[0] !== VERSION || bytes[1] !== 0) return UNREADABLE
  const subkey = ring.opening(purpose, bytes.readUInt32BE(KEY_AT), salt, saltHash)
  if (!subkey) return { state: 'refused', why: 'unknown-key' }
  const header = bytes.subarray(0, HEADER_BYTES)
  const decipher = createDecipheriv(ALGORITHM, subkey, header.subarray(NONCE_AT), TAG)
  decipher.setAAD(boundTo(header, key))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const opened = decipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES))
  try {
    // GCM gives all of it before, and nothing here but its word for it.
    decipher.final()
    return { state: 'open', text: opened.toString('utf8'), header }
  } catch {
    return UNREADABLE
  }
}

const UNREADABLE: Unsealed = { state: 'refused', why: 'unreadable' }

function boundTo(header: Buffer, key: string): Buffer {
  const bound = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(key))
  header.copy(bound)
  bound.write(key, HEADER_BYTES)
  return bound
}
