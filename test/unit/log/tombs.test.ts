import { describe, expect, it } from 'vitest'

import { Tombs } from '../../../src/log/tombs.ts'

describe('tombs', () => {
  it('cover what they match from before they stood', () => {
    const tombs = new Tombs()
    tombs.add('g:a*', 5)
    expect(tombs.cover(() => 'ab', 4)).toBe(true)
    expect(tombs.cover(() => 'ab', 5)).toBe(false)
    expect(tombs.cover(() => 'b', 4)).toBe(false)
  })

  it('do not ask for the key when none is newer', () => {
    const tombs = new Tombs()
    tombs.add('g:a*', 5)
    expect(tombs.cover(() => expect.unreachable(), 5)).toBe(false)
  })

  it('keep the newest position of a glob', () => {
    const tombs = new Tombs()
    tombs.add('g:a*', 5)
    tombs.add('g:a*', 9)
    tombs.add('g:a*', 7)
    expect(tombs.size).toBe(1)
    expect(tombs.cover(() => 'a', 8)).toBe(true)
  })

  it('leave when the floor stands for them', () => {
    const tombs = new Tombs()
    tombs.add('g:a*', 5)
    tombs.add('g:b*', 6)
    tombs.drop(5)
    expect(tombs.positions()).toEqual([6])
  })
})
