import { assert, jsonValue, property } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { argumentKey } from '../../../src/keys/argument-key.ts'

const key = (...args: unknown[]): string => argumentKey('f', args)

describe('test_cache_key_generation_consistent', () => {
  it('gives equal arguments one key, whatever the order of their properties, entries and members', () => {
    expect(key({ a: 1, b: { c: 2, d: 3 } })).toBe(key({ b: { d: 3, c: 2 }, a: 1 }))
    expect(
      key(
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ),
    ).toBe(
      key(
        new Map([
          ['b', 2],
          ['a', 1],
        ]),
      ),
    )
    expect(key(new Set([1, 2]))).toBe(key(new Set([2, 1])))
    expect(key(new Date(5))).toBe(key(new Date(5)))
    expect(key(1)).toBe(key(1, undefined))
    expect(key({ a: 1 })).toBe(key({ a: 1, b: undefined }))
    expect(key({ a: 1 })).toBe(key(Object.assign(Object.create(null), { a: 1 })))
  })

  it('gives different arguments different keys', () => {
    const different = [
      [],
      [undefined, 1],
      [1],
      ['1'],
      [1n],
      [true],
      ['true'],
      [null],
      ['null'],
      [Number.NaN],
      [Number.POSITIVE_INFINITY],
      [0],
      [''],
      [[]],
      [{}],
      [[1, 2]],
      [1, 2],
      ['1,2'],
      [['1', '2']],
      [new Date(1)],
      [new Map()],
      [new Set()],
      [new Map([[1, 2]])],
      [{ 1: 2 }],
      [Buffer.from('a')],
      [Buffer.from('b')],
      [{ a: { b: 1 } }],
      [{ a: 1, b: 1 }],
      ['Date(1)'],
      ['undefined'],
      [{ __proto__x: 1 }],
      [JSON.parse('{"__proto__":1}')],
      ['x'.repeat(300)],
      ['x'.repeat(301)],
    ]
    const keys = different.map((args) => argumentKey('f', args))
    expect(new Set(keys).size).toBe(different.length)
  })

  it('hashes what is long with 256 bits, and stays within what a key may hold', () => {
    const long = key('x'.repeat(1_000_000))
    expect(long).toMatch(/^f:#[\w-]{43}$/)
    expect(key('x'.repeat(1_000_001))).not.toBe(long)
  })

  it('never gives two different JSON values one key', () => {
    assert(
      property(jsonValue(), jsonValue(), (left, right) => {
        const same = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))
        expect(key(left) === key(right)).toBe(same)
      }),
      { numRuns: 2000 },
    )
  })

  it('refuses what has no canonical text', () => {
    class User {
      readonly id = 1
    }
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    for (const [arg, what] of [
      [() => 1, 'a function'],
      [Symbol('s'), 'a symbol'],
      [new User(), 'an instance of User'],
      [cycle, 'a cycle'],
    ] as const) {
      expect(() => key(arg)).toThrow(
        expect.objectContaining({ code: 'ERR_HOLDFAST_KEY', message: expect.stringContaining(what) }),
      )
    }
  })
})

/** The same value with its properties in order; −0 and 0 are one number to every reader. */
function sorted(value: unknown): unknown {
  if (Object.is(value, -0)) return 0
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, item]) => [name, sorted(item)])
    .concat([['object', true]])
}
