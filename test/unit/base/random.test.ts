import { describe, expect, it } from 'vitest'

import { systemRandom } from '../../../src/base/random.ts'

describe('randomness', () => {
  it('gives ids of 11 characters of base64url, as long as the place of an epoch in an entry', () => {
    const ids = Array.from({ length: 1000 }, () => systemRandom.id())
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{11}$/)
    expect(new Set(ids).size).toBe(1000)
  })
})
