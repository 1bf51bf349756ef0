import { describe, expect, it } from 'vitest'

import { createRules } from '../../../src/index.ts'

interface Events {
  readonly renamed: { readonly id: number; readonly by: { readonly team: string } }
  readonly imported: { readonly lists: readonly string[] }
  readonly reset: null
}

const rules = createRules<Events>({
  renamed: ({ id, by }) => [{ keys: [`features:${id}`], tags: [`team:${by.team}`] }, { pattern: 'lists:*' }],
  imported: ({ lists }) => ({ keys: lists.filter((list) => list !== 'all') }),
  reset: () => ({ all: true }),
})

describe('the shape of a rule', () => {
  it('names the properties of the event in braces', () => {
    const none = { keys: [], tags: [], patterns: [], all: false }
    expect(rules.describe()).toEqual([
      {
        name: 'renamed',
        stale: [
          { ...none, keys: ['features:{id}'], tags: ['team:{by.team}'] },
          { ...none, patterns: ['lists:*'] },
        ],
      },
      { name: 'imported', stale: 'computed' },
      { name: 'reset', stale: [{ ...none, all: true }] },
    ])
  })
})
