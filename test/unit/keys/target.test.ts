import { describe, expect, it } from 'vitest'

import { keyOf, keyTarget, kindsOf, resolveTargets, tagTarget, targetsOf } from '../../../src/keys/target.ts'

describe('targets', () => {
  it('tell a key, a tag and a prefix of the same text apart (H21)', () => {
    const targets = resolveTargets({ keys: ['a:'], tags: ['a:'], pattern: 'a:*' })
    expect(targets).toEqual(['k:a:', 't:a:', 'p:a:'])
    expect(new Set(targets).size).toBe(3)
  })

  it('are named once, however often a caller names them', () => {
    expect(resolveTargets({ keys: ['a', 'a'], tags: ['b', 'b'] })).toEqual(['k:a', 't:b'])
  })

  it('name a glob as it was written, to be matched against keys', () => {
    expect(resolveTargets({ pattern: 'user:*:cart' })).toEqual(['g:user:*:cart'])
  })

  it('are everything for * and for all, whatever else is named', () => {
    expect(resolveTargets({ pattern: '*' })).toBe('all')
    expect(resolveTargets({ all: true })).toBe('all')
    expect(resolveTargets({ all: true, keys: ['a'], pattern: 'b:*' })).toBe('all')
  })

  it('are none when none is named', () => {
    expect(resolveTargets({})).toEqual([])
    expect(resolveTargets({ keys: [], tags: [] })).toEqual([])
  })

  it('take the text of a key as it is: a star in a key is no pattern', () => {
    expect(resolveTargets({ keys: ['*', 'a:*', '{}', '\n\0🐉'] })).toEqual(['k:*', 'k:a:*', 'k:{}', 'k:\n\0🐉'])
  })

  it('are refused together when one of them cannot be used', () => {
    for (const targets of [{ keys: ['a', ''] }, { tags: ['a', '\uD800'] }, { keys: ['a'], pattern: 'a[' }]) {
      expect(() => resolveTargets(targets)).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
    }
  })
})

describe('the targets of an entry', () => {
  it('are its key, the prefixes of its key and its tags', () => {
    expect(targetsOf('a:b:c', ['t1', 'a:'])).toEqual(['k:a:b:c', 'p:a:', 'p:a:b:', 't:t1', 't:a:'])
  })

  it('begin with its key, against which globs are matched', () => {
    for (const key of ['a:b', 'k:k:', '🐉']) expect(keyOf(targetsOf(key, ['t']))).toBe(key)
  })

  it('include every target that an invalidation of it can name', () => {
    const reached = new Set(targetsOf('a:b', ['x']))
    for (const named of [{ keys: ['a:b'] }, { tags: ['x'] }, { pattern: 'a:*' }]) {
      expect(resolveTargets(named)).toSatisfy((targets: string[]) =>
        targets.every((target) => reached.has(target as 'k:')),
      )
    }
  })
})

describe('the kinds of what was invalidated', () => {
  it('are named once each', () => {
    expect(kindsOf('all')).toEqual(['all'])
    expect(kindsOf([keyTarget('a'), tagTarget('b'), keyTarget('c'), 'p:d:', 'g:*d'])).toEqual([
      'key',
      'tag',
      'prefix',
      'glob',
    ])
    expect(kindsOf([])).toEqual([])
  })
})
