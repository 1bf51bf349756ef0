import { inspect, isDeepStrictEqual } from 'node:util'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { deserialise, PayloadFormat, serialise } from '../../../src/codec/serialise.ts'
import { attempt } from '../../support/attempt.ts'
import { roundTrip } from './round-trip.ts'

const refused = expect.objectContaining({ name: 'EncodeError', code: 'ERR_HOLDFAST_ENCODE' })
const unreadable = expect.objectContaining({ name: 'DecodeError', code: 'ERR_HOLDFAST_DECODE' })

function comesBack(value: unknown): boolean {
  return isDeepStrictEqual(roundTrip(value), value)
}

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'the innermost'
  for (let level = 0; level < depth; level += 1) value = wrap(value)
  return value
}

describe('a value that JSON keeps', () => {
  it.each([null, 0, 1, -1.5, 5e-324, 2 ** 53, '', 'a', false, true, [], {}, [[]], [null], { a: null }, [0, '', false]])(
    'travels as JSON and comes back as it is: %j',
    (value) => {
      expect(serialise(value).format).toBe(PayloadFormat.json)
      expect(value).toSatisfy(comesBack)
    },
  )

  it('keeps the order of its names, numeric ones first as in any object', () => {
    expect(Object.keys(roundTrip({ z: 1, a: 2, 10: 3, 9: 4 }) as object)).toEqual(['9', '10', 'z', 'a'])
  })

  it('keeps lone surrogates, controls and separators in its texts and names', () => {
    for (const text of ['\uD800', '\uDC00a', '🐉', '\uD83D', '\0\n\u2028\u2029\u007F\uFFFD\uFEFF', '"\\</script>']) {
      expect(text).toSatisfy(comesBack)
      expect({ [text]: [text] }).toSatisfy(comesBack)
      expect(new Map([[text, { [text]: undefined }]])).toSatisfy(comesBack)
    }
  })
})

describe('a value that JSON would change', () => {
  it.each([Number.NaN, Infinity, -Infinity, -0, 10n, 2n ** 200n, -1n, undefined])(
    'comes back as it is: %s',
    (value) => {
      expect(serialise(value).format).toBe(PayloadFormat.rich)
      expect(value).toSatisfy(comesBack)
      expect({ a: [value], b: new Map([[value, value]]) }).toSatisfy(comesBack)
    },
  )

  it('keeps undefined inside objects and arrays apart from absence, and holes apart from undefined', () => {
    expect({ a: undefined }).toSatisfy(comesBack)
    expect([undefined]).toSatisfy(comesBack)
    const sparse = [1, , undefined, , 5] // oxlint-disable-line no-sparse-arrays
    expect(sparse).toSatisfy(comesBack)
    expect([, 1]).toSatisfy(comesBack) // oxlint-disable-line no-sparse-arrays
    expect(Object.assign([], { 100_000: 'far', length: 200_000 })).toSatisfy(comesBack)
    expect(1 in (roundTrip(sparse) as unknown[])).toBe(false)
    expect(2 in (roundTrip(sparse) as unknown[])).toBe(true)
  })

  it('keeps dates, also invalid ones', () => {
    expect([new Date(0), new Date(8.64e15), new Date(-8.64e15), new Date(1_800_000_000_123)]).toSatisfy(comesBack)
    const invalid = roundTrip(new Date(Number.NaN))
    expect(invalid).toBeInstanceOf(Date)
    expect((invalid as Date).getTime()).toBeNaN()
  })

  it('keeps maps and sets, their order, and keys of any kind', () => {
    const keys = ['b', 'a', 5, undefined, Number.NaN, { k: 1 }, new Date(0)]
    expect(new Map<unknown, unknown>(keys.map((key) => [key, new Set([3, key, 2])]))).toSatisfy(comesBack)
    expect([...(roundTrip(new Set(['b', 'a'])) as Set<string>)]).toEqual(['b', 'a'])
    expect([new Map(), new Set()]).toSatisfy(comesBack)
  })

  it('keeps Buffers as Buffers and bytes as bytes', () => {
    const bytes = [0, 255, 128, 10, 0x80]
    expect(Buffer.from(bytes)).toSatisfy(comesBack)
    expect({ a: Buffer.alloc(0), b: [Buffer.from('é🐉')] }).toSatisfy(comesBack)
    expect(Uint8Array.from(bytes)).toSatisfy(comesBack)
    expect(new Uint8Array(0)).toSatisfy(comesBack)
    expect(Buffer.isBuffer(roundTrip(Buffer.from(bytes)))).toBe(true)
    expect(Buffer.isBuffer(roundTrip(Uint8Array.from(bytes)))).toBe(false)
  })

  it('keeps objects without a prototype', () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1, b: [new Date(5)] })
    expect(bare).toSatisfy(comesBack)
    expect(Object.getPrototypeOf(roundTrip(bare))).toBe(null)
    expect({ plain: { inside: bare } }).toSatisfy(comesBack)
  })
})

describe('a value made to confuse the codec', () => {
  const rich = { when: new Date(0) }

  it('keeps an own __proto__, alone and beside rich values, and pollutes nothing', () => {
    for (const text of [
      '{"__proto__":{"polluted":true}}',
      '{"__proto__":null}',
      '{"a":{"__proto__":{"__proto__":1,"polluted":true}},"b":1}',
      '{"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":null}',
    ]) {
      const hostile: unknown = JSON.parse(text)
      for (const value of [hostile, { hostile, rich }, [rich, hostile, hostile], new Map([[hostile, hostile]])]) {
        expect(value).toSatisfy(comesBack)
      }
      const beside = Object.assign(JSON.parse(text) as object, { rich })
      expect(beside).toSatisfy(comesBack)
      expect(Object.keys(roundTrip(beside) as object)).toEqual(Object.keys(beside))
    }
    expect(Object.getPrototypeOf(roundTrip(JSON.parse('{"__proto__":{"polluted":true}}')))).toBe(Object.prototype)
    expect({}).not.toHaveProperty('polluted')
  })

  it('keeps an own __proto__ of an object without a prototype', () => {
    const bare = Object.create(null) as object
    Object.defineProperty(bare, '__proto__', { value: rich, enumerable: true, writable: true, configurable: true })
    expect(bare).toSatisfy(comesBack)
    expect(Object.getPrototypeOf(roundTrip(bare))).toBe(null)
  })

  it('keeps what looks like the codec’s own escapes, alone and beside rich values', () => {
    const lookalikes: unknown[] = [
      ['Date', '1970-01-01T00:00:00.000Z'],
      ['Buffer', 'AAAA'],
      ['OwnProto', [['a', 1]]],
      ['View', 0],
      ['Refused', 0],
      ['null', 'a', 1],
      [-1],
      [-2],
      [-7, 5, 0, 1],
      -1,
      -7,
      '[["Date","1970-01-01T00:00:00.000Z"]]',
      '-1',
      '[1,2]',
      'undefined',
      'NaN',
      { type: 'Buffer', data: [1, 2, 3] },
      { $date: 0 },
      { toJSON: 'not a function' },
      { ['then']: 'not a function' }, // oxlint-disable-line unicorn/no-thenable
    ]
    for (const value of lookalikes) {
      expect(value).toSatisfy(comesBack)
      expect([value, rich]).toSatisfy(comesBack)
      expect({ value, rich }).toSatisfy(comesBack)
    }
    expect(serialise({ rich }).text).toSatisfy(comesBack)
  })

  it('keeps cycles and what is shared, once the value is rich', () => {
    const cycle: Record<string, unknown> = { name: 'a' }
    cycle['self'] = cycle
    cycle['list'] = [cycle, new Set([cycle])]
    const back = roundTrip(cycle) as typeof cycle
    expect(back['self']).toBe(back)
    expect((back['list'] as unknown[])[0]).toBe(back)
    expect(cycle).toSatisfy(comesBack)
  })

  it('is refused, not a crash, when it is nested too deeply for the stack', () => {
    for (const wrap of [
      (inner: unknown) => [inner],
      (inner: unknown) => ({ inner }),
      (inner: unknown) => new Map([['a', inner]]),
      (inner: unknown) => [new Date(0), inner],
    ]) {
      const value = nested(100_000, wrap)
      expect(() => serialise(value)).toThrow(refused)
    }
  })

  it('comes back from the depth of any document that people write, whichever way it travels', () => {
    for (const depth of [255, 256, 257, 500]) {
      expect(nested(depth, (inner) => [inner])).toSatisfy(comesBack)
      expect(nested(depth, (inner) => ({ inner }))).toSatisfy(comesBack)
    }
  })
})

describe('a value that would not come back as it is', () => {
  class Point {
    readonly x = 1
  }
  class Pairs extends Map<string, number> {}
  class Rows extends Array<number> {}
  class Moment extends Date {}
  class Bytes extends Uint8Array {}
  const tagged = {
    get [Symbol.toStringTag]() {
      return 'Date'
    },
  }
  const broken = {
    get broken() {
      throw new Error('inside')
    },
  }

  it.each([
    ['a function', () => 1],
    ['a method', { save() {} }],
    ['a class', Point],
    ['a symbol', Symbol('s')],
    ['a symbol as a name', { [Symbol('s')]: 1 }],
    ['a symbol as the name of an array’s property', Object.assign([1], { [Symbol('s')]: 1 })],
    ['a class instance', new Point()],
    ['an error', new Error('e')],
    ['a promise', Promise.resolve(1)],
    ['a generator', (function* () {})()],
    ['a weak map', new WeakMap()],
    ['an instance of a subclass of Map', new Pairs([['a', 1]])],
    ['an instance of a subclass of Array', Rows.from([1, 2])],
    ['an instance of a subclass of Date', new Moment(0)],
    ['an instance of a subclass of Uint8Array', new Bytes(2)],
    ['an object with another prototype', Object.create({ inherited: 1 })],
    ['an object whose prototype has none', Object.create(Object.create(null))],
    ['an array with named properties', Object.assign([1, 2], { total: 2 })],
    ['an array with as many named properties as holes', Object.assign([1, , 3], { total: 2 })], // oxlint-disable-line no-sparse-arrays
    ['a match of a regular expression', /(?<a>.)/.exec('b')],
    ['an object that calls itself a Date', tagged],
    ['a getter that throws', broken],
  ])('is refused: %s', (_what, value) => {
    for (const whole of [value, [value], { deep: [{ value }] }, new Map([['a', value]]), [new Date(0), value]]) {
      expect(() => serialise(whole)).toThrow(refused)
    }
  })

  it('is refused with the place to look at, and without the value itself, which a log must not hold', () => {
    const value = { user: { token: 'hunter2', save: () => 1, rich: new Date(0) } }
    const error = attempt(() => serialise(value))
    expect(error).toMatchObject({ message: 'The value cannot be stored: Cannot stringify a function at .user.save' })
    expect(inspect(error, { depth: 10 })).not.toContain('hunter2')
    const inMap = attempt(() => serialise(new Map([['hunter2 ")" \\', [new Map([[5, { save: () => 1 }]])]]])))
    expect(inMap).toMatchObject({ message: expect.stringMatching(/ at \.get\(…\)\[0\]\.get\(…\)\.save$/) })
  })
})

describe('a stored text', () => {
  it('is unreadable, never another error, when it is not what its format says', () => {
    const texts = ['', ' ', '{', '[', 'undefined', '[1,', '{"a":}', '\0']
    for (const text of texts) {
      expect(() => deserialise({ format: PayloadFormat.json, text })).toThrow(unreadable)
    }
    const rich = ['[]', '{}', '"a"', '5', '-2', '-7', 'null', '[["Date"', '[["Unknown",1]]', '[[1]]', '[["Buffer",0]]']
    const revived = ['[["OwnProto",1],5]', '[["Buffer",1],{"a":2},3]', '[["Buffer",1],[2],5]', '[{"__proto__":0}]']
    for (const text of [...texts, ...rich, ...revived, '[["View",0]]', '[["OwnProto",1],[2],3]', '[["BigInt","x"]]']) {
      expect(() => deserialise({ format: PayloadFormat.rich, text }), text).toThrow(unreadable)
    }
  })

  it('is not quoted by the error, since it is a value of somebody', () => {
    for (const format of [PayloadFormat.json, PayloadFormat.rich]) {
      const error = attempt(() => deserialise({ format, text: '["hunter2' }))
      expect(error).toEqual(unreadable)
      expect(inspect(error, { showHidden: true })).not.toContain('hunter2')
    }
  })
})

describe('any value', () => {
  // Not among them, each covered above: functions, symbols, class instances and promises (refused), invalid dates
  // (isDeepStrictEqual holds NaN of two dates for different).
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
    stringUnit: 'binary',
    maxDepth: 4,
    values: [
      fc.boolean(),
      fc.double(),
      fc.integer(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(null, undefined, -0, Number.NaN, '\uD800', '__proto__'),
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.uint8Array().map((bytes) => new Uint8Array(Buffer.from(bytes).buffer, 0, Math.min(3, bytes.length))),
    ],
    key: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', '0')),
  })

  it('comes back as it went in', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(value).toSatisfy(comesBack)
      }),
      { numRuns: 500 },
    )
  })

  it('travels as JSON when it is JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        // JSON reads −0 and does not write it.
        fc.pre(!text.includes('-0'))
        const value: unknown = JSON.parse(text)
        expect(serialise(value)).toEqual({ format: PayloadFormat.json, text: JSON.stringify(value) })
        expect(value).toSatisfy(comesBack)
      }),
      { numRuns: 500 },
    )
  })

  it('leaves the caller’s value untouched', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const before = inspect(value, { depth: 20, showHidden: true })
        serialise(value)
        expect(inspect(value, { depth: 20, showHidden: true })).toBe(before)
      }),
    )
  })
})

describe('a text that is too long', () => {
  it('is refused, and one that just fits is not', () => {
    for (const [value, bytes] of [
      ['é'.repeat(10), 22],
      [{ ab: [true, null, -1.5] }, 23],
      [new Date(0), 37],
      ['\n'.repeat(10), 22],
    ] as const) {
      expect(Buffer.byteLength(serialise(value, bytes).text)).toBe(bytes)
      expect(() => serialise(value, bytes - 1)).toThrow(refused)
    }
  })

  it('is refused before it is made: a million million shared arrays are told from their first megabyte', () => {
    let value: unknown = ['leaf']
    for (let level = 0; level < 40; level += 1) value = [value, value]
    expect(() => serialise(value, 1_048_576)).toThrow(refused)
    expect(() => serialise({ deep: { value } }, 1_048_576)).toThrow(/longer than 1048576 bytes/)
  })

  it('is never one that would have fitted', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { text } = serialise(value)
        expect(serialise(value, Buffer.byteLength(text)).text).toBe(text)
      }),
    )
  })
})
