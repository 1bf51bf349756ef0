import { describe, expect, it } from 'vitest'

import { freezeDeep, freezeParsed } from '../../../src/cache/freeze.ts'

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

describe('freezing what was parsed', () => {
  it('reaches everything, at every depth', () => {
    const value = JSON.parse('{"list":[{"name":"a"},[1,null],"b"],"__proto__":{"own":{}},"none":null}') as object
    const seen: unknown[] = []
    const walk = (item: unknown): void => {
      if (typeof item !== 'object' || item === null) return
      seen.push(item)
      expect(Object.isFrozen(item), JSON.stringify(item)).toBe(true)
      Object.values(item).forEach(walk)
    }
    walk(freezeParsed(value))
    expect(seen).toHaveLength(6)
  })

  it('gives back what is no object', () => {
    expect([null, 'a', 7, true].map((value) => freezeParsed(value))).toEqual([null, 'a', 7, true])
  })

  it('does not overflow the stack on what is deeper than anything that is written', () => {
    const depth = 100_000
    expect(Object.isFrozen(freezeParsed(JSON.parse('['.repeat(depth) + ']'.repeat(depth))))).toBe(true)
  })
})
