import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { childPath, parsePath, valueAt } from '../../../emulator/src/path.ts'

const document = { a: { b: [{ c: 1 }, { c: 2 }] }, 'x.y': 3, at: { $date: 5 }, list: [10, 20] }

function read(text: string) {
  const parsed = parsePath(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return valueAt(document, parsed.path)
}

describe('a path', () => {
  it.each([
    ['a.b.1.c', 2],
    ['list.0', 10],
    ['x&.y', 3],
    ['at', { $date: 5 }],
  ])('finds the value at %s', (text, value) => {
    expect(read(text)).toEqual(value)
  })

  it.each(['x.y', 'list.2', 'list.01', 'list.-1', 'a.b.c', 'a.b.0.c.d', 'at.$date', 'constructor', 'list.length'])(
    'finds nothing at %s',
    (text) => {
      expect(read(text)).toBeUndefined()
    },
  )

  it('gives back the segments that were escaped into it', () => {
    const segments = fc.array(fc.string({ minLength: 1, unit: fc.constantFrom('a', '.', '&', 'é') }), { minLength: 1 })
    fc.assert(
      fc.property(segments, (path) => {
        const text = path.map((segment) => segment.replaceAll(/[.&]/g, '&$&')).join('.')
        expect(parsePath(text)).toEqual({ path })
      }),
    )
  })

  it.each(['', '.', 'a.', '.a', 'a..b'])('is refused when a segment is empty: "%s"', (text) => {
    expect(parsePath(text)).toHaveProperty('problem', expect.stringContaining('empty segment'))
  })

  it.each(['a&', 'a&b', '&&&'])('is refused when an ampersand escapes nothing: "%s"', (text) => {
    expect(parsePath(text)).toHaveProperty('problem', expect.stringContaining("'&' must be followed"))
  })

  it('grows by one field', () => {
    expect(childPath([], '')).toEqual([''])
    expect(childPath(['a'], 'b')).toEqual(['a', 'b'])
  })
})
