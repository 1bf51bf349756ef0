import { runInNewContext } from 'node:vm'

import { describe, expect, it } from 'vitest'

import { parseRich, stringifyRich } from '../../../src/codec/rich.ts'

describe('the rich format', () => {
  it('writes the bytes of a view, not the memory around it', () => {
    const memory = Buffer.alloc(1000, 'a secret beside it ')
    const views = [
      new Uint8Array(memory.buffer, memory.byteOffset + 8, 6),
      new Uint16Array(memory.buffer, memory.byteOffset + 8, 3),
      new DataView(memory.buffer, memory.byteOffset + 8, 6),
      memory.subarray(8, 14),
    ]
    for (const view of views) {
      const text = stringifyRich({ view })
      expect(text.length).toBeLessThan(80)
      const { view: back } = parseRich(text) as { view: typeof view }
      expect(back.constructor).toBe(view.constructor)
      expect(Buffer.from(back.buffer, back.byteOffset, back.byteLength).toString()).toBe(' besid')
      expect(Buffer.isBuffer(view) || back.buffer.byteLength === 6).toBe(true)
    }
  })

  it('keeps one object one object, wherever the value holds it', () => {
    const shared = new Uint8Array(Buffer.from('pooled').subarray(1, 3))
    const proto: unknown = JSON.parse('{"__proto__":1}')
    const bytes = Buffer.from('b')
    const back = parseRich(stringifyRich([shared, shared, proto, proto, bytes, bytes])) as unknown[]
    expect([back[0], back[2], back[4]]).toEqual([back[1], back[3], back[5]])
    expect(back[0]).toBe(back[1])
    expect(back[2]).toBe(back[3])
    expect(back[4]).toBe(back[5])
  })

  it('takes plain values of another realm', () => {
    const foreign: unknown = runInNewContext('({ a: [1, , 3], when: new Date(0), map: new Map([[1, 2]]) })')
    const back = parseRich(stringifyRich(foreign))
    expect(back).toEqual({ a: [1, , 3], when: new Date(0), map: new Map([[1, 2]]) }) // oxlint-disable-line no-sparse-arrays
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
  })

  it('says what of a value would be lost', () => {
    class Pairs extends Map<string, number> {}
    expect(() => stringifyRich([new Pairs()])).toThrow('An instance of Pairs would come back as a plain Map')
    expect(() => stringifyRich(Object.assign([1], { total: 1 }))).toThrow('An array would lose its named properties')
    expect(() => stringifyRich({ save: () => 1 })).toThrow('Cannot stringify a function')
  })
})
