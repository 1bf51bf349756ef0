import { describe, expect, it } from 'vitest'

import { checkDocument, withId } from '../../../emulator/src/document.ts'
import { everythingIndexed, parseIndexing } from '../../../emulator/src/indexing.ts'
import type { Json, JsonObject } from '../../../emulator/src/json.ts'

const nested = (depth: number): Json => (depth === 0 ? 1 : { a: nested(depth - 1) })
const fields = (count: number, value: Json = 1): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, value]))

function codeOf(document: JsonObject, indexing = everythingIndexed) {
  try {
    checkDocument({ _id: 1, ...document }, indexing)
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a document that is stored', () => {
  it('has its id first, the given one or a new one', () => {
    expect(Object.keys(withId({ a: 1, _id: 'x' }, undefined, 0))).toEqual(['_id', 'a'])
    expect(withId({ a: 1 }, undefined, 0)).toEqual({ _id: expect.stringMatching(/^[0-9a-f-]{36}$/), a: 1 })
    expect(withId({ _id: null }, undefined, 0)).toEqual({ _id: null })
  })

  it('is an object', () => {
    expect(() => withId([1], undefined, 0)).toThrow('must be a JSON Object, instead got a JSON Array')
  })

  it.each([
    ['16 levels deep', nested(16) as JsonObject],
    ['with a string of 8000 bytes', { a: 'x'.repeat(8000) }],
    ['with an array of 1000 elements', { a: Array.from({ length: 1000 }, () => 1) }],
    [
      'with dates, UUIDs and object ids',
      { a: { $date: 1 }, b: { $uuid: '550e8400-e29b-41d4-a716-446655440000' }, c: { $objectId: 'a'.repeat(24) } },
    ],
  ])('may be %s', (_what, document) => {
    expect(codeOf(document)).toBe('accepted')
  })

  it.each([
    ['17 levels deep', nested(17) as JsonObject, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with a string of 8001 bytes', { a: 'x'.repeat(8001) }, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with 4001 letters of two bytes', { a: ['é'.repeat(4001)] }, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with an array of 1001 elements', { a: Array.from({ length: 1001 }, () => 1) }, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with 1000 fields and the id', fields(1000), 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with 1001 fields in an object', { a: fields(1001) }, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with 2001 fields in all', { a: fields(1000), b: fields(999) }, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with a path of 1001 letters', { ['a'.repeat(1001)]: 1 }, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with a number that JSON cannot write', { a: [JSON.parse('1e999')] }, 'SHRED_DOC_LIMIT_VIOLATION'],
    ['with a vector', { $vector: [1], a: 1 }, 'SHRED_BAD_VECTOR_VALUE'],
    ['with an operator for a name', { a: { $set: 1, b: 2 } }, 'SHRED_BAD_FIELD_NAME'],
    ['with an extension that is none', { a: { $foo: 1 } }, 'SHRED_BAD_EJSON_VALUE'],
    ['with a date that is text', { a: [{ $date: 'today' }] }, 'SHRED_BAD_EJSON_VALUE'],
    ['with an empty id', { _id: '' }, 'SHRED_BAD_DOCID_VALUE'],
    ['with an object for an id', { _id: { a: 1 } }, 'SHRED_BAD_DOCID_TYPE'],
    ['with an array for an id', { _id: [1] }, 'SHRED_BAD_DOCID_TYPE'],
  ])('is not one %s', (_what, document, code) => {
    expect(codeOf(document)).toBe(code)
  })

  it('may be larger where it is not indexed, up to four million characters', () => {
    const indexing = parseIndexing({ deny: ['blob'] })
    expect(codeOf({ blob: { text: 'x'.repeat(9000), list: [fields(1500), ['y'.repeat(9000)]] } }, indexing)).toBe(
      'accepted',
    )
    expect(codeOf({ blob: 'x'.repeat(3_999_900) }, indexing)).toBe('accepted')
    expect(codeOf({ blob: 'x'.repeat(4_000_000) }, indexing)).toBe('SHRED_DOC_LIMIT_VIOLATION')
  })
})
