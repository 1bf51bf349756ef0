import { randomBytes } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { createKeyRing } from '../../../src/codec/key-ring.ts'
import { HEADER_BYTES, seal, unseal } from '../../../src/session/envelope.ts'

const ring = createKeyRing({ keys: { a: randomBytes(32) } })
const place = { key: 'hf:app:s:{00}:x', purpose: 'session', salt: randomBytes(32) }

describe('a sealed text', () => {
  it('opens where it was sealed, and its header tells one write from the next', () => {
    const headers = new Set<string>()
    for (let at = 0; at < 2000; at += 1) {
      const blob = seal(ring, place, 'a text, ü and 🎲')
      const opened = unseal(ring, place, blob)
      expect(opened).toEqual({ state: 'open', text: 'a text, ü and 🎲', header: blob.subarray(0, HEADER_BYTES) })
      headers.add(blob.toString('latin1', 0, HEADER_BYTES))
    }
    expect(headers.size).toBe(2000)
  })

  it('opens with no other token, key in Redis, purpose or ring', () => {
    const blob = seal(ring, place, 'text')
    const unreadable = { state: 'refused', why: 'unreadable' }
    expect(unseal(ring, { ...place, salt: randomBytes(32) }, blob)).toEqual(unreadable)
    expect(unseal(ring, { key: place.key, purpose: place.purpose }, blob)).toEqual(unreadable)
    expect(unseal(ring, { ...place, key: 'hf:other:s:{00}:x' }, blob)).toEqual(unreadable)
    expect(unseal(ring, { ...place, purpose: 'session-meta' }, blob)).toEqual(unreadable)
    expect(unseal(createKeyRing({ keys: { a: randomBytes(32) } }), place, blob)).toEqual(unreadable)
    const other = createKeyRing({ keys: { b: randomBytes(32) } })
    expect(unseal(other, place, blob)).toEqual({ state: 'refused', why: 'unknown-key' })
  })

  it('is refused with any bit flipped and at any length but its own', () => {
    const blob = seal(ring, place, 'text')
    for (let at = 0; at < blob.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(blob)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        // Nothing else: not what GCM would make of it, which it hands out before it has looked at the tag.
        const why = at >= 2 && at < 6 ? 'unknown-key' : 'unreadable'
        expect(unseal(ring, place, changed)).toEqual({ state: 'refused', why })
      }
      expect(unseal(ring, place, blob.subarray(0, at)).state).toBe('refused')
    }
    expect(unseal(ring, place, Buffer.concat([blob, Buffer.alloc(1)])).state).toBe('refused')
  })
})
