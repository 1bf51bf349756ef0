import { describe, expect, it } from 'vitest'

import { parseIndexing } from '../../../emulator/src/indexing.ts'

describe('the indexing option', () => {
  it('indexes everything when it is absent', () => {
    expect(parseIndexing(undefined)(['a', 'b'])).toBe(true)
  })

  it('allows the paths it names and what is below them', () => {
    const indexing = parseIndexing({ allow: ['a.b', 'c'] })
    expect([['a', 'b'], ['a', 'b', 'x'], ['c']].map((path) => indexing(path as [string]))).toEqual([true, true, true])
    expect([['a'], ['ab'], ['d']].map((path) => indexing(path as [string]))).toEqual([false, false, false])
  })

  it('denies the paths it names and what is below them', () => {
    const indexing = parseIndexing({ deny: ['a.b'] })
    expect(
      [
        ['a', 'b'],
        ['a', 'b', 'x'],
      ].map((path) => indexing(path as [string])),
    ).toEqual([false, false])
    expect([['a'], ['c']].map((path) => indexing(path as [string]))).toEqual([true, true])
  })

  it('takes a star for everything', () => {
    expect(parseIndexing({ allow: ['*'] })(['a'])).toBe(true)
    expect(parseIndexing({ deny: ['*'] })(['a'])).toBe(false)
  })

  it.each([
    1,
    {},
    { allow: ['a'], deny: ['b'] },
    { allow: 'a' },
    { allow: [] },
    { allow: [1] },
    { allow: ['$x'] },
    { deny: ['a..b'] },
    { other: ['a'] },
  ])('is refused: %j', (definition) => {
    expect(() => parseIndexing(definition)).toThrow('indexing definition invalid')
  })
})
