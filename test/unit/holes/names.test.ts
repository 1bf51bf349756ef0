import { describe, expect, it } from 'vitest'

import { argumentKey } from '../../../src/keys/argument-key.ts'

describe('peers §2.5 wrap keys of 32 bits: a collision of keys is a leak between users', () => {
  it('gives 100 000 sequential ids 100 000 keys, short and hashed', () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => `user-${index.toString(36)}`)
    const long = 'x'.repeat(500)
    expect(new Set(ids.map((id) => argumentKey('load', [id]))).size).toBe(ids.length)
    expect(new Set(ids.map((id) => argumentKey('load', [id, long]))).size).toBe(ids.length)
  })
})
