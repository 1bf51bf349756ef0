/**
 * Sealed payloads: AES-256-GCM under a subkey of the ring, bound to where they stand.
 *
 *     0   key        4    which key of the ring (key-ring.ts)
 *     4   IV         12   random
 *     16  ciphertext      as long as what was sealed
 *     …   tag        16
 *
 * What is not secret is authenticated with it: the entry's whole header with its tags, the key's id, the namespace and the
 * key. So a sealed payload opens only in the entry it was made for: under another key, in another namespace, with another
 * stamp, life or tag it does not. Every failure is the same error: why a forgery failed is nobody's business.
 *
 * Random IVs are good for 2^32 payloads under one key (NIST SP 800-38D, 8.3): at 1000 writes a second, 49 days.
 */
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'

import { unreadable } from './header.ts'
import type { KeyRing } from './key-ring.ts'

/** Byte 3 of an entry. The number is what is on the wire. */
export const Cipher = { none: 0, aes256gcm: 1 } as const

const ALGORITHM = 'aes-256-gcm'
const PURPOSE = 'entry'
const KEY_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16
const FRONT_BYTES = KEY_BYTES + IV_BYTES
// Said on top of the cut below: else Node takes tags of 4 bytes too, which are guessed in hours.
const TAG = { authTagLength: TAG_BYTES }

/** Where a payload stands: its entry's header with the tags, and the place of the entry. */
export interface SealedPlace {
  readonly header: Uint8Array
  readonly namespace: string
  readonly key: string
}

/** The header of the entry, followed by the sealed payload. */
export function seal(ring: KeyRing, place: SealedPlace, payload: Buffer): Buffer {
  const { wireId, key } = ring.sealing(PURPOSE)
  const front = Buffer.allocUnsafe(FRONT_BYTES)
  front.writeUInt32BE(wireId, 0)
  freshIv(front)
  const cipher = createCipheriv(ALGORITHM, key, front.subarray(KEY_BYTES), TAG)
  cipher.setAAD(boundTo(place, front))
  const sealed = cipher.update(payload)
  cipher.final()
  return Buffer.concat([place.header, front, sealed, cipher.getAuthTag()])
}

/** @throws DecodeError (ERR_HOLDFAST_DECODE), the same whether a key is missing or anything was changed */
export function unseal(ring: KeyRing, place: SealedPlace, bytes: Buffer): Buffer {
  const key = bytes.length < FRONT_BYTES + TAG_BYTES ? undefined : ring.opening(PURPOSE, bytes.readUInt32BE(0))
  if (!key) throw sealedShut()
  const cipher = createDecipheriv(ALGORITHM, key, bytes.subarray(KEY_BYTES, FRONT_BYTES), TAG)
  cipher.setAAD(boundTo(place, bytes))
  cipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const payload = cipher.update(bytes.subarray(FRONT_BYTES, -TAG_BYTES))
  try {
    cipher.final()
  } catch {
    throw sealedShut()
  }
  return payload
}

/** The error of whatever a key ring does not open. */
export function sealedShut(): Error {
  return unreadable('it was not sealed with a key of this process for this place, or was changed')
}

/** The header tells its own length and a namespace holds no NUL, so no two places are the same bytes. */
function boundTo({ header, namespace, key }: SealedPlace, front: Buffer): Buffer {
  return Buffer.concat([header, front.subarray(0, KEY_BYTES), Buffer.from(`${namespace}\0${key}`)])
}

// --- IVs: drawn by the page, since each draw has a price of its own ---

const IVS_PER_PAGE = 340
const page = Buffer.alloc(IVS_PER_PAGE * IV_BYTES)
let drawn = IVS_PER_PAGE

function freshIv(front: Buffer): void {
  if (drawn === IVS_PER_PAGE) {
    randomFillSync(page)
    drawn = 0
  }
  page.copy(front, KEY_BYTES, drawn * IV_BYTES, (drawn + 1) * IV_BYTES)
  drawn += 1
}
