/**
 * How a user is named in Redis: by a keyed hash of the id, so that neither the id nor a guess of it can be found there. Its
 * first byte is the bucket.
 *
 * A user has a tag under each key of the ring. Sessions stand in the index of the key that they began under, so for as long
 * as two keys are in the ring, both indexes are looked at.
 */
import { createHash, createHmac, type KeyObject } from 'node:crypto'

import { SessionInvalidError } from '../base/errors.ts'
import type { KeyRing } from '../codec/key-ring.ts'
import { bucketOf } from './session-keys.ts'

export interface UserTag {
  readonly bucket: string
  readonly tag: string
  /** The key of the ring that made it. */
  readonly birthKey: number
}

const PURPOSE = 'session-user'
const TAG_BYTES = 16
const MAX_USER_BYTES = 1024

/** The tag under the key that seals now. */
export function currentTag(ring: KeyRing, user: string): UserTag {
  const { key, wireId } = ring.sealing(PURPOSE)
  return tagUnder(key, wireId, user)
}

/** The tag under the key of a session's birth; undefined when that key was taken away. */
export function tagOfBirth(ring: KeyRing, user: string, birthKey: number): UserTag | undefined {
  const key = ring.opening(PURPOSE, birthKey)
  return key && tagUnder(key, birthKey, user)
}

/** The tags under all keys of the ring, that of the current one first. */
export function allTags(ring: KeyRing, user: string): readonly UserTag[] {
  const current = currentTag(ring, user)
  const others = ring.ids
    .map(wireIdOfKey)
    .filter((wireId) => wireId !== current.birthKey)
    .flatMap((wireId) => tagOfBirth(ring, user, wireId) ?? [])
  return [current, ...others]
}

/** Whether sessions that began under a key still live. */
export function isBirthKeyKnown(ring: KeyRing, birthKey: number): boolean {
  return ring.opening(PURPOSE, birthKey) !== undefined
}

/** @throws SessionInvalidError (ERR_HOLDFAST_SESSION_INVALID) unless it is a text of 1 to 1024 bytes */
export function checkUser(user: unknown): string {
  if (typeof user === 'string' && user !== '' && user.isWellFormed() && Buffer.byteLength(user) <= MAX_USER_BYTES)
    return user
  throw new SessionInvalidError(
    `A user id must be a text of 1 to ${MAX_USER_BYTES} bytes of well-formed Unicode: give the id of the account, not the account`,
  )
}

function tagUnder(key: KeyObject, birthKey: number, user: string): UserTag {
  const bytes = createHmac('sha256', key).update(user).digest()
  return {
    bucket: bucketOf(bytes[0] ?? 0),
    tag: bytes.subarray(1, 1 + TAG_BYTES).toString('base64url'),
    birthKey,
  }
}

/** As the key ring names its keys beside what they seal. */
function wireIdOfKey(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0)
}
