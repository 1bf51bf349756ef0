import { describe, expect, it } from 'vitest'

import { createNames } from '../../../src/metrics/names.ts'

interface Counted {
  count: number
}

function namesOf(lists: readonly (readonly string[])[], cap?: number) {
  const declared = [...lists]
  const names = createNames<Counted>({
    make: () => ({ count: 0 }),
    declared: () => declared,
    ...(cap !== undefined && { cap }),
  })
  const add = (key: string): void => void (names.of(key).count += 1)
  const counts = (): Record<string, number> =>
    Object.fromEntries([...names.entries()].map(([name, { count }]) => [name, count]))
  return { names, declared, add, counts }
}

describe('labels of keys', () => {
  it('are the names that were declared, and other for all else, so that no key is ever one', () => {
    const { add, counts } = namesOf([['users']])
    for (const key of ['users:1', 'users:2', 'users', 'stranger:1', '<img onerror=…>', 'userspace:1']) add(key)
    expect(counts()).toEqual({ users: 3, other: 3 })
  })

  it('learn a name that is declared later', () => {
    const { declared, add, counts } = namesOf([[]])
    add('late:1')
    declared[0] = ['late']
    add('late:2')
    expect(counts()).toEqual({ late: 1, other: 1 })
  })

  it('are as many as the cap, and what found no place is counted', () => {
    const { names, add, counts } = namesOf([['a', 'b', 'c']], 2)
    for (const key of ['a:1', 'b:1', 'c:1', 'c:2', 'd:1']) add(key)
    expect(counts()).toEqual({ a: 1, b: 1, other: 3 })
    expect(names.overflowed()).toBe(2)
  })

  it('are a hundred unless said', () => {
    const { counts } = namesOf([Array.from({ length: 300 }, (_, index) => `family-${index}`)])
    expect(Object.keys(counts())).toHaveLength(101)
  })

  it('take the longest name where names hold colons', () => {
    const { add, counts } = namesOf([['a', 'a:b']])
    for (const key of ['a:1', 'a:b:1', 'a:b', 'a:bc']) add(key)
    expect(counts()).toEqual({ a: 2, 'a:b': 2, other: 0 })
  })
})
