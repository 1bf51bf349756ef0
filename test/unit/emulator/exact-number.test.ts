import { describe, expect, it } from 'vitest'

import { add, compareNumbers, multiply, numberOf, plainText } from '../../../emulator/src/exact-number.ts'
import { idKey } from '../../../emulator/src/ids.ts'
import { parseJson } from '../../../emulator/src/json.ts'
import { parseFilter } from '../../../emulator/src/matcher.ts'
import { everythingIndexed } from '../../../emulator/src/indexing.ts'
import { parseUpdate } from '../../../emulator/src/update.ts'

const text = (value: unknown) => JSON.stringify(value)

describe('a number', () => {
  it.for(['9007199254740993', '1.0', '-0.10', '1e5', '123456789.12345678901234567890', '5', '0.1', '-7'])(
    'keeps its text: %s',
    (number) => {
      expect(text(parseJson(`{"n":[${number}]}`))).toBe(`{"n":[${number}]}`)
    },
  )

  it.for([
    ['9007199254740993', '9007199254740992', 1],
    ['1.0', '1', 0],
    ['10e-1', '1', 0],
    ['-2.5', '-2.50', 0],
    ['0.1', '0.1000000000000000000001', -1],
  ] as const)('is compared exactly: %s and %s', ([one, other, order]) => {
    expect(Math.sign(compareNumbers(numberOf(one), numberOf(other)))).toBe(order)
    expect(plainText(numberOf(one)) === plainText(numberOf(other))).toBe(order === 0)
  })

  it('is added and multiplied exactly', () => {
    expect(text(add(0.1, 0.2))).toBe('0.3')
    expect(text(add(numberOf('9007199254740993'), 1))).toBe('9007199254740994')
    expect(text(multiply(numberOf('9007199254740993'), -3))).toBe('-27021597764222979')
    expect(text(multiply(1.5, 4))).toBe('6')
    expect(text(add(numberOf('1e30'), 1))).toBe('1000000000000000000000000000001')
  })

  it('that is too large stays too large, and one that is too small is zero', () => {
    expect(numberOf('1e999')).toBe(Number.POSITIVE_INFINITY)
    expect(numberOf('1e-999999')).toBe(0)
  })

  it('is found, updated and an id by its value', () => {
    const document = parseJson('{"_id":9007199254740993,"n":9007199254740993}') as { n: number; _id: number }
    const matches = (filter: string) => parseFilter(parseJson(filter), everythingIndexed).matches(document)
    expect([
      matches('{"n":9007199254740993}'),
      matches('{"n":9007199254740992}'),
      matches('{"n":{"$gt":9007199254740992}}'),
    ]).toEqual([true, false, true])
    expect(text(parseUpdate({ $inc: { n: 2 } }, 0).apply(document, 'existing')['n'])).toBe('9007199254740995')
    expect(idKey(document._id)).not.toBe(idKey(numberOf('9007199254740992')))
    expect(idKey(numberOf('1.0'))).toBe(idKey(1))
  })
})
