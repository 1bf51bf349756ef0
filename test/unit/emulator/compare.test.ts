import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compareValues, isIdentical, isSameValue } from '../../../emulator/src/compare.ts'
import { parseJson, type Json } from '../../../emulator/src/json.ts'

const uuid = '550e8400-e29b-41d4-a716-446655440000'
const value = fc.oneof(
  fc.json({ maxDepth: 2 }).map((text) => parseJson(text)),
  fc.integer().map((ms): Json => ({ $date: ms })),
  fc.constant<Json>({ $uuid: uuid }),
)

describe('the order of values', () => {
  it('goes by kind first: missing, null, numbers, strings, objects, arrays, booleans, dates', () => {
    const ascending = [undefined, null, 7, { $uuid: uuid }, 'a', { a: 1 }, [0], false, true, { $date: 0 }]
    for (const [index, one] of ascending.entries()) {
      for (const other of ascending.slice(index + 1)) {
        expect(compareValues(one, other)).toBeLessThan(0)
        expect(compareValues(other, one)).toBeGreaterThan(0)
      }
    }
  })

  it('is the usual one within a kind', () => {
    expect(compareValues(9, 10)).toBeLessThan(0)
    expect(compareValues('10', '9')).toBeLessThan(0)
    expect(compareValues({ $date: 9 }, { $date: 10 })).toBeLessThan(0)
    expect(compareValues([1, 2], [1, 2, 0])).toBeLessThan(0)
    expect(compareValues([2], [1, 9])).toBeGreaterThan(0)
    expect(compareValues({ a: 1 }, { a: 1, b: 0 })).toBeLessThan(0)
    expect(compareValues({ b: 0 }, { a: 9 })).toBeGreaterThan(0)
  })

  it('is an order: antisymmetric and transitive', () => {
    fc.assert(
      fc.property(value, value, value, (one, two, three) => {
        expect(Math.sign(compareValues(one, two)) + Math.sign(compareValues(two, one))).toBe(0)
        const [low, middle, high] = [one, two, three].toSorted(compareValues)
        expect(compareValues(low, middle)).toBeLessThanOrEqual(0)
        expect(compareValues(middle, high)).toBeLessThanOrEqual(0)
        expect(compareValues(low, high)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('equality', () => {
  it('holds between a UUID, its text, and its text in capitals, which are not written alike', () => {
    expect(isSameValue({ $uuid: uuid }, uuid)).toBe(true)
    expect(isSameValue({ $uuid: uuid.toUpperCase() }, { $uuid: uuid })).toBe(true)
    expect(isIdentical({ $uuid: uuid }, uuid)).toBe(false)
  })

  it('does not hold between a date and its milliseconds', () => {
    expect(isSameValue({ $date: 5 }, 5)).toBe(false)
  })

  it('depends on the order of fields', () => {
    expect(isSameValue({ a: 1, b: 2 }, { a: 1, b: 2 })).toBe(true)
    expect(isSameValue({ b: 2, a: 1 }, { a: 1, b: 2 })).toBe(false)
  })
})
