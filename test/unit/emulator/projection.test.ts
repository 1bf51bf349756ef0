import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Json } from '../../../emulator/src/json.ts'
import { parseProjection } from '../../../emulator/src/projection.ts'

const document = {
  _id: 'x',
  name: 'lich',
  n: 5,
  at: { $date: 1 },
  address: { city: 'Ulm', geo: { lat: 1, lon: 2 } },
  parts: [{ size: 1, kind: 'a' }, { size: 2, kind: 'b' }, 7],
  list: [0, 1, 2, 3, 4],
}

const project = (definition: Json | undefined) => parseProjection(definition)(document)

describe('a projection', () => {
  it('that is absent or empty keeps the document', () => {
    expect(project(undefined)).toEqual(document)
    expect(project({})).toEqual(document)
  })

  it('includes what it names, and the id', () => {
    expect(project({ name: 1, at: true })).toEqual({ _id: 'x', name: 'lich', at: { $date: 1 } })
  })

  it('leaves out the id when that is excluded by name', () => {
    expect(project({ name: 1, _id: 0 })).toEqual({ name: 'lich' })
    expect(project({ _id: 0 })).toEqual({ ...document, _id: undefined })
  })

  it('excludes what it names', () => {
    const { name: _name, list: _list, ...rest } = document
    expect(project({ name: 0, list: false })).toEqual(rest)
    expect(project({ 'address.geo.lat': 0 })).toHaveProperty('address', { city: 'Ulm', geo: { lon: 2 } })
  })

  it('with nothing but the id included excludes nothing, as the service reads it', () => {
    expect(project({ _id: 1 })).toEqual(document)
  })

  it('takes paths as text or nested', () => {
    const expected = { _id: 'x', address: { geo: { lat: 1 } } }
    expect(project({ 'address.geo.lat': 1 })).toEqual(expected)
    expect(project({ address: { geo: { lat: 1 } } })).toEqual(expected)
  })

  it('fans out into arrays, and leaves what has no fields there', () => {
    expect(project({ 'parts.size': 1, _id: 0 })).toEqual({ parts: [{ size: 1 }, { size: 2 }, 7] })
    expect(project({ 'parts.size': 0 })).toHaveProperty('parts', [{ kind: 'a' }, { kind: 'b' }, 7])
  })

  it('keeps everything or nothing by a star', () => {
    expect(project({ '*': 1 })).toEqual(document)
    expect(project({ '*': 0 })).toEqual({})
  })

  it.each([
    [2, [0, 1]],
    [-2, [3, 4]],
    [0, []],
    [9, [0, 1, 2, 3, 4]],
    [
      [1, 2],
      [1, 2],
    ],
    [
      [-3, 2],
      [2, 3],
    ],
    [
      [-9, 2],
      [0, 1],
    ],
    [[9, 2], []],
  ])('cuts an array by $slice %j', (slice, list) => {
    expect(project({ list: { $slice: slice } })).toEqual({ ...document, list })
    expect(project({ name: 1, list: { $slice: slice } })).toEqual({ _id: 'x', name: 'lich', list })
  })

  it('leaves what is not an array as it is under $slice', () => {
    expect(project({ name: { $slice: 1 } })).toEqual(document)
  })

  it('splits a document: what it includes and what it would exclude make the whole', () => {
    const names = fc.subarray(['name', 'n', 'address', 'list'], { minLength: 1 })
    fc.assert(
      fc.property(names, (chosen) => {
        const included = project({ ...Object.fromEntries(chosen.map((name) => [name, 1])), _id: 0 })
        const rest = project(Object.fromEntries(chosen.map((name) => [name, 0])))
        expect({ ...rest, ...included }).toEqual(document)
        expect(Object.keys(rest).filter((name) => name in included)).toEqual([])
      }),
    )
  })

  it('keeps a field called __proto__ a field', () => {
    const odd = JSON.parse('{"_id":1,"__proto__":{"a":1},"b":2}')
    expect(JSON.stringify(parseProjection({ b: 0 })(odd))).toBe('{"_id":1,"__proto__":{"a":1}}')
  })

  it.each([
    [1, 'must be Object'],
    [{ a: 1, b: 0 }, 'cannot include some fields and exclude others'],
    [{ a: 1, 'a.b': 1 }, 'path conflict'],
    [{ 'a.b': 1, a: 1 }, 'path conflict'],
    [{ a: 'yes' }, 'must be NUMBER, BOOLEAN or OBJECT'],
    [{ '': 1 }, 'empty paths'],
    [{ 'a..b': 1 }, 'empty segment'],
    [{ '*': 1, a: 1 }, "wildcard ('*')"],
    [{ $slice: 1 }, "cannot start with '$'"],
    [{ a: { $elemMatch: 1 } }, "unrecognized projection operator '$elemMatch'"],
    [{ a: { $slice: 'x' } }, 'unsupported parameter'],
    [{ a: { $slice: [1] } }, 'unsupported parameter'],
    [{ a: { $slice: [1, -1] } }, 'MUST be positive'],
  ])('is refused: %j', (definition, reason) => {
    expect(() => project(definition)).toThrow(reason)
  })
})
