import { describe, expect, it } from 'vitest'

import { freezeDeep } from '../../../src/cache/freeze.ts'

describe('freezing a value', () => {
  it('reaches plain objects and arrays at every depth', () => {
    const value = freezeDeep({ list: [{ name: 'a' }] })
    expect(() => Object.assign(value.list[0] ?? {}, { name: 'b' })).toThrow(TypeError)
    expect(() => value.list.push({ name: 'c' })).toThrow(TypeError)
  })

  it('leaves what cannot be frozen as it is', () => {
    const value = freezeDeep({ bytes: Buffer.from('a'), at: new Date(0), seen: new Map([['a', 1]]) })
    value.bytes[0] = 98
    value.seen.set('b', 2)
    expect(value.bytes.toString()).toBe('b')
    expect(value.seen.size).toBe(2)
  })

  it('ends on a cycle', () => {
    const value: { self?: unknown } = {}
    value.self = value
    expect(Object.isFrozen(freezeDeep(value))).toBe(true)
  })

  it('gives back what is no object, and what is frozen already, as it is', () => {
    const values = [null, undefined, 'a', 7, { none: null, list: [null, 'a'] }, Object.freeze({ inner: { a: 1 } })]
    expect(values.map((value) => freezeDeep(value))).toEqual(values)
    const frozen = Object.freeze({ inner: { a: 1 } })
    freezeDeep(frozen).inner.a = 2
    expect(frozen.inner.a, 'what is in it was frozen when it was').toBe(2)
  })
})
