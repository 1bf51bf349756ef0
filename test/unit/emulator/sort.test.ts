import { describe, expect, it } from 'vitest'

import { everythingIndexed, parseIndexing } from '../../../emulator/src/indexing.ts'
import type { Json, JsonObject } from '../../../emulator/src/json.ts'
import { parseSort } from '../../../emulator/src/sort.ts'

function sortBy(definition: Json, documents: readonly JsonObject[]) {
  const sort = parseSort(definition, everythingIndexed)
  if (!sort) throw new Error('no sort')
  return documents.toSorted(sort)
}

describe('a sort', () => {
  it('orders by a path, either way', () => {
    const [low, high] = [{ a: { b: 1 } }, { a: { b: 2 } }]
    expect(sortBy({ 'a.b': 1 }, [high, low])).toEqual([low, high])
    expect(sortBy({ 'a.b': -1 }, [low, high])).toEqual([high, low])
  })

  it('orders by the next field where the first is equal, in the order in which they are written', () => {
    const documents = [
      { a: 1, b: 1 },
      { a: 2, b: 0 },
      { a: 1, b: 2 },
    ]
    expect(sortBy({ a: 1, b: -1 }, documents).map(({ a, b }) => [a, b])).toEqual([
      [1, 2],
      [1, 1],
      [2, 0],
    ])
    expect(sortBy({ b: 1, a: 1 }, documents).map(({ a, b }) => [a, b])).toEqual([
      [2, 0],
      [1, 1],
      [1, 2],
    ])
  })

  it('orders values of different kinds, a missing one first', () => {
    const documents = [{ v: true }, { v: 'a' }, { v: { $date: 1 } }, { v: 1 }, {}, { v: null }]
    expect(sortBy({ v: 1 }, documents)).toEqual([
      {},
      { v: null },
      { v: 1 },
      { v: 'a' },
      { v: true },
      { v: { $date: 1 } },
    ])
  })

  it('is none when the clause is absent or empty', () => {
    expect(parseSort(undefined, everythingIndexed)).toBeUndefined()
    expect(parseSort({}, everythingIndexed)).toBeUndefined()
  })

  it.each([
    ['name', 'SORT_CLAUSE_INVALID'],
    [{ a: 2 }, 'SORT_CLAUSE_VALUE_INVALID'],
    [{ a: 'asc' }, 'SORT_CLAUSE_VALUE_INVALID'],
    [{ 'a..b': 1 }, 'SORT_CLAUSE_PATH_INVALID'],
    [{ $vector: [1] }, 'SORT_CLAUSE_PATH_INVALID'],
    [{ b: 1 }, 'SORT_CLAUSE_PATH_UNINDEXED'],
  ])('is refused: %j', (definition, code) => {
    expect(() => parseSort(definition, parseIndexing({ allow: ['a'] }))).toThrow(expect.objectContaining({ code }))
  })
})
