import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { heapBytes } from '../../../src/store/heap-bytes.ts'

describe('what a value takes on the heap', () => {
  it('is nothing beyond its slot for what needs no memory of its own', () => {
    for (const value of [null, undefined, true, false, 0, -1, 2 ** 31 - 1, '', 'a']) expect(heapBytes(value)).toBe(0)
  })

  it('is the layout of V8: words, boxes and texts in whole words', () => {
    expect(heapBytes(0.5)).toBe(16)
    expect(heapBytes(-0)).toBe(16)
    expect(heapBytes(2 ** 31)).toBe(16)
    expect(heapBytes('nine char')).toBe(16 + 16)
    expect(heapBytes('neun €uro')).toBe(16 + 24)
    expect(heapBytes({})).toBe(24)
    expect(heapBytes({ a: 1, b: 0.5 })).toBe(24 + 16 + 16)
    expect(heapBytes([])).toBe(48)
    expect(heapBytes([1, 2, 3])).toBe(48 + 24)
  })

  it('counts bytes, dates and what collections hold', () => {
    expect(heapBytes(Buffer.alloc(1000))).toBeGreaterThanOrEqual(1000)
    expect(heapBytes(new ArrayBuffer(1000))).toBeGreaterThanOrEqual(1000)
    expect(heapBytes(new Date())).toBeGreaterThan(0)
    expect(heapBytes(10n ** 1000n)).toBeGreaterThan(400)
    const text = 'x'.repeat(1000)
    expect(heapBytes(new Map([[text, text]]))).toBeGreaterThan(2000)
    expect(heapBytes(new Set([text]))).toBeGreaterThan(1000)
    expect(heapBytes(new Set([text]))).toBeLessThan(1200)
  })

  it('is never less for more, and ends with a cycle', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(heapBytes([value, 'more'])).toBeGreaterThan(heapBytes([value]))
      }),
    )
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(heapBytes(cycle)).toBeGreaterThan(0)
  })
})
