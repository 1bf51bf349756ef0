import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { seal, unseal, type SealedPlace } from '../../../src/codec/cipher.ts'
import { createKeyRing } from '../../../src/codec/key-ring.ts'
import { attempt } from '../../support/attempt.ts'

const secret = randomBytes(32)
const ring = createKeyRing({ keys: { a: secret } })
const place: SealedPlace = { header: Buffer.from('header'), namespace: 'ttrpg', key: 'features:1' }
const payload = Buffer.from('{"secret":"é🐉"}')
const KEY_AND_IV = 16
const TAG = 16
const unreadable = expect.objectContaining({ code: 'ERR_HOLDFAST_DECODE' })

/** Without the header that `seal` puts in front. */
const sealed = (where: SealedPlace = place, what: Buffer = payload): Buffer =>
  seal(ring, where, what).subarray(where.header.length)

describe('a sealed payload', () => {
  it('opens where it was sealed, behind the header as it was', () => {
    const bytes = seal(ring, place, payload)
    expect(bytes.subarray(0, 6).toString()).toBe('header')
    expect(unseal(ring, place, bytes.subarray(6))).toEqual(payload)
    expect(unseal(ring, place, sealed(place, Buffer.alloc(0)))).toHaveLength(0)
    expect(bytes.length).toBe(6 + KEY_AND_IV + payload.length + TAG)
  })

  it('shows nothing of what it holds', () => {
    expect(sealed().includes('secret')).toBe(false)
    expect(sealed().equals(sealed())).toBe(false)
  })

  it.each([
    ['another key', { key: 'features:2' }],
    ['another namespace', { namespace: 'other' }],
    ['another header', { header: Buffer.from('headeR') }],
    ['a shorter header', { header: Buffer.from('heade') }],
    ['a namespace and a key that are the same text together', { namespace: 'ttrp', key: 'gfeatures:1' }],
  ])('does not open under %s', (_where, changes) => {
    expect(() => unseal(ring, { ...place, ...changes }, sealed())).toThrow(unreadable)
  })

  it('does not open when any bit was changed, or any byte is missing', () => {
    const bytes = sealed()
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => unseal(ring, place, changed), `bit ${bit}`).toThrow(unreadable)
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => unseal(ring, place, bytes.subarray(0, length)), `${length} bytes`).toThrow(unreadable)
    }
  })

  it('does not open with a tag of four bytes, which could be guessed', () => {
    const bytes = sealed()
    const { key } = ring.sealing('entry')
    const iv = bytes.subarray(4, KEY_AND_IV)
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 4 })
    cipher.setAAD(Buffer.concat([place.header, bytes.subarray(0, 4), Buffer.from(`${place.namespace}\0${place.key}`)]))
    const forged = Buffer.concat([
      bytes.subarray(0, KEY_AND_IV),
      cipher.update(payload),
      cipher.final(),
      cipher.getAuthTag(),
    ])
    expect(() => unseal(ring, place, forged)).toThrow(unreadable)
  })

  it('says the same whatever does not fit', () => {
    const changed = Buffer.from(sealed())
    changed[20] = (changed[20] ?? 0) ^ 1
    const strange = createKeyRing({ keys: { b: randomBytes(32) } })
    const sameId = createKeyRing({ keys: { a: randomBytes(32) } })
    const failures = [
      attempt(() => unseal(ring, place, changed)),
      attempt(() => unseal(ring, place, Buffer.alloc(5))),
      attempt(() => unseal(ring, { ...place, key: 'other' }, sealed())),
      attempt(() => unseal(strange, place, sealed())),
      attempt(() => unseal(sameId, place, sealed())),
    ]
    expect(new Set(failures.map((failure) => (failure as Error).message)).size).toBe(1)
    expect(failures.every((failure) => (failure as Error).cause === undefined)).toBe(true)
  })

  it('opens after a rotation, until its key is taken away', () => {
    const keys = createKeyRing({ keys: { a: secret } })
    const bytes = sealed()
    keys.rotate('b', randomBytes(32))
    expect(unseal(keys, place, bytes)).toEqual(payload)
    expect(() => unseal(ring, place, seal(keys, place, payload).subarray(6))).toThrow(unreadable)
    keys.replace({ keys: { c: randomBytes(32) } })
    expect(() => unseal(keys, place, bytes)).toThrow(unreadable)
  })

  it('never has the IV of another', () => {
    const ivs = new Set<string>()
    for (let made = 0; made < 20_000; made += 1) ivs.add(sealed().toString('latin1', 4, KEY_AND_IV))
    expect(ivs.size).toBe(20_000)
  })
})
