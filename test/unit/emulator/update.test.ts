import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Json, JsonObject } from '../../../emulator/src/json.ts'
import { parseUpdate } from '../../../emulator/src/update.ts'

const NOW = 1_700_000_000_000

function update(definition: Json, document: JsonObject, kind: 'existing' | 'upserted' = 'existing') {
  return parseUpdate(definition, NOW).apply(document, kind)
}

describe('an update', () => {
  const cases: [string, Json, JsonObject, JsonObject][] = [
    ['sets a field', { $set: { a: 2 } }, { a: 1 }, { a: 2 }],
    ['sets a path and makes what leads to it', { $set: { 'a.b.c': 1 } }, {}, { a: { b: { c: 1 } } }],
    ['sets an element', { $set: { 'a.1': 9 } }, { a: [1, 2] }, { a: [1, 9] }],
    ['pads an array with null', { $set: { 'a.2': 9 } }, { a: [1] }, { a: [1, null, 9] }],
    ['sets a field whose name has a dot', { $set: { 'a&.b': 1 } }, {}, { 'a.b': 1 }],
    ['unsets a field', { $unset: { 'a.b': '' } }, { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
    ['unsets an element to null', { $unset: { 'a.0': '' } }, { a: [1, 2] }, { a: [null, 2] }],
    ['increments', { $inc: { n: -2 } }, { n: 5 }, { n: 3 }],
    ['increments what is missing from zero', { $inc: { 'a.n': 2 } }, {}, { a: { n: 2 } }],
    ['multiplies', { $mul: { n: 2.5 } }, { n: 2 }, { n: 5 }],
    ['multiplies what is missing to zero', { $mul: { n: 3 } }, {}, { n: 0 }],
    ['keeps the smaller', { $min: { a: 1, b: 9 } }, { a: 5, b: 5 }, { a: 1, b: 5 }],
    ['keeps the larger', { $max: { a: 1, b: 9 } }, { a: 5, b: 5 }, { a: 5, b: 9 }],
    ['compares dates', { $max: { at: { $date: 9 } } }, { at: { $date: 10 } }, { at: { $date: 10 } }],
    ['sets a minimum where there is none', { $min: { a: 1 } }, {}, { a: 1 }],
    ['renames', { $rename: { 'a.b': 'c.d' } }, { a: { b: 1 } }, { a: {}, c: { d: 1 } }],
    ['sets the current date', { $currentDate: { at: true } }, {}, { at: { $date: NOW } }],
    ['sets the current date by type', { $currentDate: { at: { $type: 'date' } } }, {}, { at: { $date: NOW } }],
    ['pushes one', { $push: { a: [2] } }, { a: [1] }, { a: [1, [2]] }],
    ['pushes to what is missing', { $push: { a: 1 } }, {}, { a: [1] }],
    ['pushes an object', { $push: { a: { x: 1 } } }, { a: [] }, { a: [{ x: 1 }] }],
    ['pushes each', { $push: { a: { $each: [2, 3] } } }, { a: [1] }, { a: [1, 2, 3] }],
    ['pushes at a position', { $push: { a: { $each: [8, 9], $position: 1 } } }, { a: [1, 2] }, { a: [1, 8, 9, 2] }],
    ['pushes from the end', { $push: { a: { $each: [9], $position: -1 } } }, { a: [1, 2] }, { a: [1, 9, 2] }],
    ['pushes past the start', { $push: { a: { $each: [9], $position: -8 } } }, { a: [1, 2] }, { a: [9, 1, 2] }],
    ['pushes past the end', { $push: { a: { $each: [9], $position: 8 } } }, { a: [1] }, { a: [1, 9] }],
    ['adds to a set what is not in it', { $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1] }, { a: [1, 2] }],
    ['adds to a set objects', { $addToSet: { a: { x: 1 } } }, { a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 1 }, { x: 2 }] }],
    ['pops the last', { $pop: { a: 1 } }, { a: [1, 2] }, { a: [1] }],
    ['pops the first', { $pop: { a: -1 } }, { a: [1, 2] }, { a: [2] }],
    ['does several things', { $set: { a: 1 }, $inc: { n: 1 }, $unset: { b: 1 } }, { n: 1, b: 2 }, { n: 2, a: 1 }],
    ['leaves $setOnInsert to an upsert', { $setOnInsert: { a: 1 } }, {}, {}],
  ]
  it.each(cases)('%s', (_what, definition, document, expected) => {
    expect(update(definition, document)).toEqual(expected)
  })

  it('applies $setOnInsert, even to the id, when it makes a document', () => {
    expect(update({ $setOnInsert: { a: 1, _id: 'x' }, $set: { b: 2 } }, {}, 'upserted')).toEqual({
      a: 1,
      _id: 'x',
      b: 2,
    })
  })

  it('returns the same document when there is nothing to change', () => {
    const document = { a: 1, list: [1], none: null }
    const idle: Json[] = [
      {},
      { $set: { a: 1 } },
      { $set: { none: null } },
      { $unset: { b: 1, 'list.5': 1, 'a.b': 1 } },
      { $inc: { a: 0 } },
      { $mul: { a: 1 } },
      { $min: { a: 2 } },
      { $max: { a: 0 } },
      { $max: { a: 1 } },
      { $rename: { b: 'c' } },
      { $addToSet: { list: 1 } },
      { $pop: { b: 1 } },
      { $setOnInsert: { a: 2 } },
    ]
    for (const definition of idle) expect(update(definition, document), JSON.stringify(definition)).toBe(document)
  })

  it('never changes the document it is given', () => {
    const operator = fc.constantFrom<Json>(
      { $set: { 'a.b.0': 9 } },
      { $unset: { 'a.b.0': 1 } },
      { $inc: { 'a.n': 1 } },
      { $push: { 'a.b': 7 } },
      { $addToSet: { 'a.b': 7 } },
      { $pop: { 'a.b': 1 } },
      { $rename: { 'a.n': 'm' } },
    )
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), operator, (b, n, definition) => {
        const document = { a: { b, n } }
        const before = JSON.stringify(document)
        update(definition, document)
        expect(JSON.stringify(document)).toBe(before)
      }),
    )
  })

  it('makes a field of the name __proto__, not a prototype', () => {
    expect(JSON.stringify(update({ $set: { 'a.__proto__.x': 1 } }, {}))).toBe('{"a":{"__proto__":{"x":1}}}')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

describe('an update is refused', () => {
  it.each([
    ['x', 'UNSUPPORTED_UPDATE_DATA_TYPE'],
    [{ $set: 1 }, 'UNSUPPORTED_UPDATE_DATA_TYPE'],
    [{ $pull: { a: 1 } }, 'UNSUPPORTED_UPDATE_OPERATION'],
    [{ a: 1 }, 'UNSUPPORTED_UPDATE_OPERATION'],
    [{ constructor: { a: 1 } }, 'UNSUPPORTED_UPDATE_OPERATION'],
    [{ $set: { _id: 1 } }, 'UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID'],
    [{ $rename: { a: '_id' } }, 'UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID'],
    [{ $set: { 'a..b': 1 } }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $set: { $lexical: 'x' } }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $set: { a: 1 }, $unset: { a: 1 } }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $set: { 'a.b': 1 }, $inc: { a: 1 } }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $rename: { a: 'a' } }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $inc: { a: '1' } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $mul: { a: null } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $pop: { a: 2 } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $rename: { a: 1 } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $currentDate: { a: false } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $push: { a: { $each: 1 } } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $push: { a: { $position: 1 } } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $push: { a: { $each: [], $position: 1.5 } } }, 'UNSUPPORTED_UPDATE_OPERATION_PARAM'],
    [{ $push: { a: { $each: [], $slice: 1 } } }, 'UNSUPPORTED_UPDATE_OPERATION_MODIFIER'],
  ])('before any document is read: %j', (definition, code) => {
    expect(() => parseUpdate(definition, NOW)).toThrow(expect.objectContaining({ code }))
  })

  it.each([
    [{ $inc: { a: 1 } }, { a: 'x' }, 'UNSUPPORTED_UPDATE_OPERATION_TARGET'],
    [{ $mul: { a: 1 } }, { a: null }, 'UNSUPPORTED_UPDATE_OPERATION_TARGET'],
    [{ $push: { a: 1 } }, { a: 1 }, 'UNSUPPORTED_UPDATE_OPERATION_TARGET'],
    [{ $addToSet: { a: 1 } }, { a: {} }, 'UNSUPPORTED_UPDATE_OPERATION_TARGET'],
    [{ $pop: { a: 1 } }, { a: 1 }, 'UNSUPPORTED_UPDATE_OPERATION_TARGET'],
    [{ $set: { 'a.b': 1 } }, { a: 1 }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $set: { 'a.b': 1 } }, { a: { $date: 1 } }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $set: { 'a.b': 1 } }, { a: [1] }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $set: { 'a.99999999': 1 } }, { a: [1] }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $rename: { 'a.0': 'b' } }, { a: [1] }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
    [{ $rename: { b: 'a.0' } }, { a: [1], b: 2 }, 'UNSUPPORTED_UPDATE_OPERATION_PATH'],
  ])('on a document of another shape: %j on %j', (definition, document, code) => {
    expect(() => update(definition, document)).toThrow(expect.objectContaining({ code }))
  })
})
