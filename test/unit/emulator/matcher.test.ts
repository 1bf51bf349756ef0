import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { everythingIndexed, parseIndexing } from '../../../emulator/src/indexing.ts'
import { parseJson, type Json, type JsonObject } from '../../../emulator/src/json.ts'
import { parseFilter } from '../../../emulator/src/matcher.ts'

const uuid = '550e8400-e29b-41d4-a716-446655440000'
const document: JsonObject = {
  _id: 'r1',
  n: 5,
  name: 'beholder',
  open: true,
  none: null,
  at: { $date: 1000 },
  key: { $uuid: uuid },
  tags: ['a', 'b'],
  parts: [{ size: 1 }, { size: 2 }],
  address: { city: 'Ulm', number: 9 },
}

const matches = (filter: Json, candidate = document) => parseFilter(filter, everythingIndexed).matches(candidate)
const refusal = (filter: Json, indexing = everythingIndexed) => {
  try {
    parseFilter(filter, indexing)
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a filter matches', () => {
  const matching: Json[] = [
    {},
    { n: 5 },
    { n: { $eq: 5 } },
    { n: { $ne: 6 } },
    { missing: { $ne: 5 } },
    { n: { $gt: 4, $lt: 6 } },
    { n: { $gte: 5, $lte: 5 } },
    { name: { $gt: 'b', $lt: 'c' } },
    { at: { $date: 1000 } },
    { at: { $gt: { $date: 999 } } },
    { key: { $uuid: uuid } },
    { key: uuid },
    { none: null },
    { tags: 'a' },
    { tags: { $eq: ['a', 'b'] } },
    { tags: { $all: ['b', 'a'] } },
    { tags: { $size: 2 } },
    { tags: { $in: ['x', 'b'] } },
    { tags: { $nin: ['x'] } },
    { name: { $all: ['beholder'] } },
    { n: { $in: [1, 5] } },
    { n: { $nin: [] } },
    { missing: { $exists: false } },
    { none: { $exists: true } },
    { 'address.city': 'Ulm' },
    { address: { city: 'Ulm', number: 9 } },
    { 'parts.1.size': 2 },
    { 'tags.0': 'a' },
    { parts: { $all: [{ size: 1 }] } },
    { $or: [{ n: 1 }, { name: 'beholder', n: 5 }] },
    { $and: [{ n: 5 }, { $or: [{ open: true }, { n: 0 }] }] },
    { $not: { n: 6 } },
    { $not: { n: { $gt: 5 } } },
    { $not: { n: 5, name: 'lich' } },
    { $not: { $or: [{ n: 6 }, { n: 7 }] } },
    { $not: { $and: [{ n: 5 }, { name: 'lich' }] } },
  ]
  it.each(matching.map((filter) => [JSON.stringify(filter), filter]))('%s', (_text, filter) => {
    expect(matches(filter)).toBe(true)
  })
})

describe('a filter does not match', () => {
  const others: Json[] = [
    { n: '5' },
    { n: 6 },
    { n: { $ne: 5 } },
    { n: { $gt: 5 } },
    { n: { $gt: '4' } },
    { missing: { $lt: 5 } },
    { missing: null },
    { at: 1000 },
    { at: { $lt: { $date: 1000 } } },
    { tags: { $ne: 'a' } },
    { tags: { $gt: 'A' } },
    { tags: ['b', 'a'].join() },
    { tags: { $eq: ['b', 'a'] } },
    { tags: { $size: 1 } },
    { n: { $size: 0 } },
    { tags: { $all: ['a', 'x'] } },
    { tags: { $nin: ['b'] } },
    { n: { $in: [] } },
    { n: { $exists: false } },
    { 'parts.size': 1 },
    { address: { number: 9, city: 'Ulm' } },
    { address: { city: 'Ulm' } },
    { n: 5, name: 'lich' },
    { $or: [{ n: 1 }, { n: 5, name: 'lich' }] },
    { $not: { n: 5 } },
    { $not: { n: { $gte: 5 } } },
    { $not: { $or: [{ n: 5 }, { n: 7 }] } },
  ]
  it.each(others.map((filter) => [JSON.stringify(filter), filter]))('%s', (_text, filter) => {
    expect(matches(filter)).toBe(false)
  })

  it('a missing field by a range, nor by the range turned round under $not', () => {
    expect(matches({ missing: { $gt: 5 } })).toBe(false)
    expect(matches({ $not: { missing: { $gt: 5 } } })).toBe(false)
  })
})

describe('negation', () => {
  it('is the complement of everything but ranges', () => {
    const field = fc.constantFrom('n', 'name', 'tags', 'none', 'missing')
    const operand = fc.constantFrom<Json>(5, 'beholder', 'a', null, true)
    const condition = fc.oneof(
      operand,
      operand.map((value): Json => ({ $ne: value })),
      fc.array(operand).map((values): Json => ({ $in: values })),
      fc.array(operand).map((values): Json => ({ $nin: values })),
      fc.boolean().map((value): Json => ({ $exists: value })),
      fc.nat(3).map((value): Json => ({ $size: value })),
    )
    const clause = fc.tuple(field, condition).map(([name, value]): JsonObject => ({ [name]: value }))
    const filter = fc.oneof(
      clause,
      fc.array(clause, { minLength: 1 }).map((clauses): JsonObject => ({ $or: clauses })),
      fc.array(clause, { minLength: 1 }).map((clauses): JsonObject => ({ $and: clauses })),
    )
    fc.assert(
      fc.property(filter, (it) => {
        expect(matches({ $not: it })).toBe(!matches(it))
        expect(matches({ $not: { $not: it } })).toBe(matches(it))
      }),
    )
  })

  it('never throws on a document, whatever is in it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const filter = parseFilter({ 'a.0.b': { $gt: 1 }, $or: [{ a: 1 }, { 'b.c': { $size: 0 } }] }, everythingIndexed)
        expect(filter.matches({ a: parseJson(text), b: parseJson(text) })).toBeTypeOf('boolean')
      }),
    )
  })
})

describe('what a filter says of itself', () => {
  const parse = (filter: Json) => parseFilter(filter, everythingIndexed)

  it('names the only ids that can match', () => {
    expect(parse({ _id: 'a' }).ids).toEqual(['s:a'])
    expect(parse({ $and: [{ _id: { $in: ['a', 1] } }, { n: 1 }] }).ids).toEqual(['s:a', 'n:1'])
  })

  it.each([{ n: 1 }, { _id: { $ne: 'a' } }, { _id: { $gt: 'a' } }, { $not: { _id: 'a' } }])(
    'names no ids where others can match: %j',
    (filter) => {
      expect(parse(filter).ids).toBeUndefined()
    },
  )

  it('lists the equalities that every match fulfils, which an upsert starts from', () => {
    const filter = { a: 1, 'b.c': { $eq: 2 }, d: { $gt: 3 }, $and: [{ e: 4 }], $or: [{ f: 5 }], $not: { g: 6 } }
    expect(parse(filter).equalities).toEqual([
      { path: ['a'], value: 1 },
      { path: ['b', 'c'], value: 2 },
      { path: ['e'], value: 4 },
    ])
  })

  it('is empty only without any condition', () => {
    expect(parse({}).isEmpty).toBe(true)
    expect(parse({ a: { $exists: false } }).isEmpty).toBe(false)
  })
})

describe('a filter is refused', () => {
  const many = Array.from({ length: 101 }, (_, index) => index)
  const cases: [Json, string][] = [
    ['n', 'FILTER_UNSUPPORTED_DATA_TYPE'],
    [{ $or: [1] }, 'FILTER_UNSUPPORTED_DATA_TYPE'],
    [{ tags: ['a'] }, 'FILTER_INVALID_EXPRESSION'],
    [{ $where: 1 }, 'FILTER_INVALID_EXPRESSION'],
    [{ '': 1 }, 'FILTER_INVALID_EXPRESSION'],
    [{ 'a&b': 1 }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $regex: 'a' } }, 'FILTER_UNSUPPORTED_OPERATOR'],
    [{ n: { $not: { $gt: 1 } } }, 'FILTER_UNSUPPORTED_OPERATOR'],
    [{ n: { $gt: 1, x: 2 } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $gt: null } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $gt: [1] } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $in: 1 } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $in: many } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $nin: many } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $exists: 1 } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $all: [] } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $all: 'a' } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $size: -1 } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $size: 1.5 } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $size: '1' } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $date: 'today' } }, 'FILTER_INVALID_EXPRESSION'],
    [{ n: { $uuid: 'x' } }, 'FILTER_INVALID_EXPRESSION'],
    [{ _id: {} }, 'SHRED_BAD_DOCID_TYPE'],
    [{ $or: [{ _id: 'a' }, { n: 1 }] }, 'FILTER_INVALID_EXPRESSION'],
    [{ _id: 'a', $and: [{ _id: 'b' }] }, 'FILTER_MULTIPLE_ID_FILTER'],
    [Object.fromEntries(many.slice(0, 65).map((name) => [`f${name}`, 1])), 'FILTER_FIELDS_LIMIT_VIOLATION'],
  ]
  it.each(cases.map(([filter, code]) => [JSON.stringify(filter).slice(0, 60), filter, code]))(
    '%s',
    (_text, filter, code) => {
      expect(refusal(filter)).toBe(code)
    },
  )

  it('but not at the limits: 100 values, 64 fields', () => {
    expect(refusal({ n: { $in: many.slice(0, 100) } })).toBe('accepted')
    expect(refusal(Object.fromEntries(many.slice(0, 64).map((name) => [`f${name}`, 1])))).toBe('accepted')
  })

  it('when it asks for what is not indexed, except for one id', () => {
    const indexing = parseIndexing({ allow: ['a.b'] })
    expect(refusal({ 'a.b': 1, 'a.b.c': 1 }, indexing)).toBe('accepted')
    expect(refusal({ a: 1 }, indexing)).toBe('FILTER_PATH_UNINDEXED')
    expect(refusal({ $or: [{ c: 1 }] }, indexing)).toBe('FILTER_PATH_UNINDEXED')
    expect(refusal({ _id: 'x' }, indexing)).toBe('accepted')
    expect(refusal({ _id: { $in: ['x'] } }, indexing)).toBe('accepted')
    expect(refusal({ _id: { $ne: 'x' } }, indexing)).toBe('FILTER_ID_NOT_INDEXED')
  })
})
