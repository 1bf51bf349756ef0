import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseSafely, writeSafely } from '../../../src/session/plain-json.ts'

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('safe JSON', () => {
  it('gives back what it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = writeSafely(value)
        expect(text === undefined ? value : parseSafely(text)).toEqual(text === undefined ? value : JSON.parse(text))
        // Only what would poison another object is refused.
        expect(text === undefined).toBe(JSON.stringify(value).includes('"__proto__":'))
      }),
    )
  })

  it.each([
    '{"__proto__":1}',
    '{"a":[{"__proto__":{"admin":true}}]}',
    String.raw`{"\u005f\u005fproto\u005f\u005f":1}`,
    String.raw`{"__prot\u006f__":1}`,
    '{"constructor":{"prototype":{"admin":true}}}',
    String.raw`{"constructor":{"prototyp\u0065":{"admin":true}}}`,
    nested(65),
    nested(100_000),
    '{"a":'.repeat(65) + '1' + '}'.repeat(65),
    '',
    '{',
    'undefined',
  ])('refuses %.40s', (text) => {
    expect(parseSafely(text)).toBeUndefined()
  })

  it('takes what only looks like it', () => {
    for (const text of ['{"a":"__proto__"}', '{"constructor":1}', '{"prototype":{}}', nested(64), '"[[{\\"[\\\\"'])
      expect(parseSafely(text)).toEqual(JSON.parse(text))
    expect(parseSafely(JSON.stringify('['.repeat(100)))).toBe('['.repeat(100))
  })

  it('writes nothing that JSON cannot carry', () => {
    const circle: unknown[] = []
    circle.push(circle)
    for (const value of [
      undefined,
      1n,
      () => 1,
      Symbol('a'),
      circle,
      JSON.parse(nested(100)),
      JSON.parse('{"__proto__":1}'),
    ])
      expect(writeSafely(value)).toBeUndefined()
  })
})
