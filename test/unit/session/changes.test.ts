import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { differences, following, withChanges, type Change } from '../../../src/session/changes.ts'
import { dataOf } from '../../../src/session/document.ts'

const name = fc.constantFrom('a', 'b', 'c')
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ do: fc.constant('set' as const), name, value: fc.oneof(fc.integer(), fc.constant('text')) }),
  fc.record({ do: fc.constant('delete' as const), name }),
  fc.record({ do: fc.constant('add' as const), name, amount: fc.integer({ min: -9, max: 9 }) }),
)

describe('changes', () => {
  it('do the same when those that are overruled are left out', () => {
    fc.assert(
      fc.property(fc.array(change), fc.dictionary(name, fc.integer()), (changes, start) => {
        const short = changes.reduce<readonly Change[]>(following, [])
        expect(withChanges(dataOf(start), short)).toEqual(withChanges(dataOf(start), changes))
        expect(short.length).toBeLessThanOrEqual(6)
      }),
    )
  })

  it('are found by comparison, also deep inside of a value', () => {
    const before = dataOf({ same: { a: [1] }, deep: { a: [1] }, gone: 1 })
    const after = dataOf({ same: { a: [1] }, deep: { a: [1, 2] }, added: 1, nothing: undefined })
    const found = differences(before, after)
    expect(found).toEqual([
      { do: 'delete', name: 'gone' },
      { do: 'set', name: 'deep', value: { a: [1, 2] } },
      { do: 'set', name: 'added', value: 1 },
    ])
    expect(differences(withChanges(before, found), after)).toEqual([])
  })

  it('of two requests on different names are both there, and counters add up', () => {
    const one: readonly Change[] = [
      { do: 'set', name: 'a', value: 1 },
      { do: 'add', name: 'n', amount: 2 },
    ]
    const two: readonly Change[] = [
      { do: 'set', name: 'b', value: 2 },
      { do: 'add', name: 'n', amount: 3 },
    ]
    expect({ ...withChanges(withChanges(dataOf(), one), two) }).toEqual({ a: 1, b: 2, n: 5 })
  })
})
