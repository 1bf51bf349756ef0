import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createMemoryStore, type MemoryStore } from '../../../src/store/memory-store.ts'
import { seeded } from '../../support/seeded.ts'

const none = (): number => 0

function storeOf(maxEntries: number, maxBytes = 1_000_000, keys: readonly string[] = []): MemoryStore<string> {
  const store = createMemoryStore<string>({ maxEntries, maxBytes, overheadOf: none })
  for (const key of keys) store.set(key, key.toUpperCase(), 1)
  return store
}

/** Which of these keys, of one letter each, are kept. To ask is to read. */
function keptIn(store: MemoryStore<string>, keys: string): string {
  return keys
    .split('')
    .filter((key) => store.get(key) !== undefined)
    .join('')
}

describe('the memory store', () => {
  it('gives back what was set, and nothing for what was not', () => {
    const store = storeOf(10)
    store.set('a', '', 1)
    store.set('__proto__', 'p', 1)
    expect(store.get('a')).toBe('')
    expect(store.get('__proto__')).toBe('p')
    expect(store.get('constructor')).toBeUndefined()
  })

  it('replaces a value and counts the bytes of the new one', () => {
    const store = storeOf(10)
    store.set('a', 'old', 100)
    store.set('a', 'new', 7)
    expect(store.get('a')).toBe('new')
    expect([store.size, store.bytes]).toEqual([1, 7])
  })

  it('does not keep a value larger than all of it, nor the one that it was to replace', () => {
    const store = storeOf(10, 100)
    store.set('a', 'old', 10)
    store.set('b', 'kept', 10)
    store.set('a', 'too large', 101)
    expect(store.get('a')).toBeUndefined()
    expect(store.get('b')).toBe('kept')
    expect([store.size, store.bytes]).toEqual([1, 10])
  })

  it('makes room for one large value by evicting several', () => {
    const store = storeOf(10, 10, ['a', 'b', 'c', 'd'])
    store.set('e', 'E', 8)
    expect(keptIn(store, 'abcde')).toBe('cde')
    expect(store.bytes).toBe(10)
  })

  it('forgets what is deleted, and everything when it is cleared', () => {
    const store = storeOf(3, 100, ['a', 'b', 'c'])
    store.delete('b')
    store.delete('never there')
    expect([store.get('b'), store.size, store.bytes]).toEqual([undefined, 2, 2])
    store.clear()
    expect([store.get('a'), store.size, store.bytes]).toEqual([undefined, 0, 0])
    for (const key of ['x', 'y', 'z', 'v']) store.set(key, key, 1)
    expect(keptIn(store, 'abcxyzv')).toBe('yzv')
  })
})

describe('its eviction', () => {
  it('takes the oldest first when nothing was read', () => {
    expect(keptIn(storeOf(3, 100, ['a', 'b', 'c', 'd']), 'abcd')).toBe('bcd')
  })

  it('takes a replaced value for one that was asked for', () => {
    const store = storeOf(3, 100, ['a', 'b', 'c'])
    for (const value of ['again', 'and again']) store.set('a', value, 1)
    store.set('d', 'D', 1)
    store.set('e', 'E', 1)
    expect(keptIn(store, 'abcde')).toBe('ade')
  })

  it('makes others leave when a value grows, never the value itself', () => {
    const store = storeOf(10, 10, ['a', 'b', 'c'])
    store.set('a', 'grown', 9)
    expect(store.get('a')).toBe('grown')
    expect([store.size, store.bytes]).toEqual([2, 10])
    store.set('a', 'alone', 10)
    expect([store.get('a'), store.size, store.bytes]).toEqual(['alone', 1, 10])
  })

  it('keeps a busy working set while a scan of a thousand others passes through', () => {
    const hot = Array.from({ length: 50 }, (_, index) => `hot ${index}`)
    const store = storeOf(100, 1_000_000, hot)
    for (let scanned = 0; scanned < 1000; scanned += 1) {
      if (scanned % 20 === 0) for (const key of hot) store.get(key)
      store.set(`scan ${scanned}`, 'once', 1)
    }
    expect(hot.filter((key) => store.get(key) === undefined)).toEqual([])
  })

  it('keeps a busy working set also where bytes run out long before entries', () => {
    const hot = Array.from({ length: 50 }, (_, index) => `hot ${index}`)
    const store = storeOf(1_000_000, 100, hot)
    for (let scanned = 0; scanned < 1000; scanned += 1) {
      if (scanned % 20 === 0) for (const key of hot) store.get(key)
      store.set(`scan ${scanned}`, 'once', 1)
    }
    expect(hot.filter((key) => store.get(key) === undefined)).toEqual([])
  })
})

describe('its bytes', () => {
  it('are never above the budget in a million mixed calls, and what is kept is what was counted', () => {
    const maxBytes = 4_000_000
    const random = seeded(404)
    const store = createMemoryStore<number>({ maxEntries: 100_000, maxBytes })
    const sizes = new Map<string, number>()
    let most = 0
    for (let call = 0; call < 1_000_000; call += 1) {
      const key = `features:${random.below(20_000)}`
      const what = random.below(10)
      // As sizes go: many small, few large.
      const bytes = 10 + random.below(10 ** (1 + random.below(4))) * 5
      if (what < 4) store.set(key, bytes, bytes)
      else if (what === 4) store.delete(key)
      else store.get(key)
      if (what < 4) sizes.set(key, bytes)
      most = Math.max(most, store.bytes)
    }
    expect(most).toBeLessThanOrEqual(maxBytes)
    expect(most).toBeGreaterThan(maxBytes * 0.98)
    const kept = [...sizes].filter(([key]) => store.get(key) !== undefined)
    expect(kept).toHaveLength(store.size)
    expect(kept.every(([key, bytes]) => store.get(key) === bytes)).toBe(true)
    const values = kept.reduce((sum, [, bytes]) => sum + bytes, 0)
    expect(store.bytes - values).toBeGreaterThan(100 * store.size)
  }, 60_000)

  it('count what keeping an entry takes, so that a million empty values are not free', () => {
    const store = createMemoryStore<string>({ maxEntries: 1_000_000, maxBytes: 10_000 })
    for (let at = 0; at < 1000; at += 1) store.set(`k${at}`, '', 0)
    expect(store.size).toBeLessThan(100)
    expect(store.size).toBeGreaterThan(20)
  })
})

type Step =
  | { readonly do: 'set'; readonly key: string; readonly bytes: number }
  | { readonly do: 'get' | 'delete'; readonly key: string }
  | { readonly do: 'clear' }

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const keys = fc.constantFrom(...KEYS)
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), key: keys, bytes: fc.nat(14) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('get' as const), key: keys }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), key: keys }) },
    { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
  ),
  { maxLength: 200, size: 'max' },
)

describe('the memory store, under any sequence of calls,', () => {
  const maxEntries = 5
  const maxBytes = 30

  it('holds nothing but what was last set, in both bounds, and counts it right', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const store = createMemoryStore<number>({ maxEntries, maxBytes, overheadOf: none })
        const last = new Map<string, { readonly value: number; readonly bytes: number }>()
        for (const [value, step] of sequence.entries()) {
          apply(store, step, value)
          if (step.do === 'set') last.set(step.key, { value, bytes: step.bytes })
          if (step.do === 'delete') last.delete(step.key)
          if (step.do === 'clear') last.clear()
          expect(store.size).toBeLessThanOrEqual(maxEntries)
          expect(store.bytes).toBeLessThanOrEqual(maxBytes)
        }
        const held = KEYS.filter((key) => store.get(key) !== undefined)
        expect(held.map((key) => store.get(key))).toEqual(held.map((key) => last.get(key)?.value))
        expect(store.size).toBe(held.length)
        expect(store.bytes).toBe(held.reduce((sum, key) => sum + (last.get(key)?.bytes ?? 0), 0))
      }),
      { numRuns: 500 },
    )
  })
})

function apply(store: MemoryStore<number>, step: Step, value: number): void {
  if (step.do === 'set') store.set(step.key, value, step.bytes)
  else if (step.do === 'get') store.get(step.key)
  else if (step.do === 'delete') store.delete(step.key)
  else store.clear()
}
