import { describe, expect, it } from 'vitest'

import type { Held } from '../../../src/store/eviction.ts'
import { createSieve } from '../../../src/store/sieve.ts'

const held = (key: string): Held => ({ key, mark: 0, newer: undefined, older: undefined })

describe('SIEVE', () => {
  it('has nobody to evict when it is empty, before and after it was cleared', () => {
    const sieve = createSieve()
    expect(sieve.victim()).toBeUndefined()
    sieve.insert(held('a'))
    sieve.clear()
    expect(sieve.victim()).toBeUndefined()
  })

  it('spares whom a hit has marked once, and goes on from where it stood', () => {
    const sieve = createSieve()
    const [a, b, c] = [held('a'), held('b'), held('c')]
    for (const each of [a, b, c]) sieve.insert(each)
    sieve.hit(a)
    expect(sieve.victim()).toBe(b)
    sieve.remove(b)
    expect(sieve.victim()).toBe(c)
    sieve.remove(c)
    expect(sieve.victim()).toBe(a)
    sieve.remove(a)
    expect(sieve.victim()).toBeUndefined()
  })

  it('takes the oldest when everybody was asked for', () => {
    const sieve = createSieve()
    const all = ['a', 'b', 'c'].map(held)
    for (const each of all) sieve.insert(each)
    for (const each of all) sieve.hit(each)
    expect(sieve.victim()).toBe(all[0])
  })
})
