import { describe, expect, it, vi } from 'vitest'

import { RecentMap } from '../../../src/base/recent-map.ts'

describe('a map of what was used lately', () => {
  it('keeps what is used, and forgets the rest in bounded memory', () => {
    const map = new RecentMap<number>(100)
    map.set('used', 1)
    for (let index = 0; index < 1000; index += 1) {
      map.set(`other ${index}`, index)
      expect(map.get('used')).toBe(1)
    }
    const kept = Array.from({ length: 1000 }, (_, index) => map.get(`other ${index}`)).filter(
      (one) => one !== undefined,
    )
    expect(kept.length).toBeLessThanOrEqual(100)
    expect(map.get('other 999')).toBe(999)
    expect(map.get('other 0')).toBeUndefined()
  })

  it('keeps at least half of what it may hold', () => {
    const map = new RecentMap<number>(100)
    for (let index = 0; index < 130; index += 1) map.set(String(index), index)
    for (let index = 80; index < 130; index += 1) expect(map.get(String(index))).toBe(index)
  })

  it('puts another value in the place of one', () => {
    const map = new RecentMap<number>(2)
    map.set('a', 1)
    map.set('a', 2)
    expect(map.get('a')).toBe(2)
  })

  it('makes what it does not have, once', () => {
    const map = new RecentMap<object>(10)
    const make = vi.fn<() => object>(() => ({}))
    expect(map.getOrMake('a', make)).toBe(map.getOrMake('a', make))
    expect(make).toHaveBeenCalledTimes(1)
  })
})
