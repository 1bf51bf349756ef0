import { describe, expect, it } from 'vitest'

import { createCache, createRules, RuleError, type InvalidationTargets } from '../../../src/index.ts'

interface Events {
  'requirement.updated': { readonly id: number; readonly author: string }
  'features.imported': { readonly lists: readonly string[] }
  broken: { readonly id: string }
}

const rules = createRules<Events>(
  {
    'requirement.updated': ({ id, author }) => ({ keys: [`requirements:${id}`], tags: [`author:${author}`] }),
    'features.imported': ({ lists }) => [
      { pattern: 'features:*', reason: 'import' },
      { keys: lists.map((list) => `lists:${list}`) },
    ],
    broken: ({ id }) => {
      if (id === 'throws') throw new TypeError('no such id')
      return { keys: ['kept', id] }
    },
  },
  { fallback: { pattern: 'requirements:*' } },
)

function recorder() {
  const sent: InvalidationTargets[] = []
  const cache = createCache({ redis: null, namespace: 'rules' })
  return {
    sent,
    cache,
    recording: {
      invalidate: (targets: InvalidationTargets) => {
        sent.push(targets)
        return cache.invalidate(targets)
      },
    },
  }
}

describe('rules', () => {
  it('invalidate what an event makes stale, and nothing else', async () => {
    const { cache } = recorder()
    await cache.set('requirements:7', 'seven', { tags: [] })
    await cache.set('requirements:8', 'eight', { tags: ['author:ada'] })
    await cache.set('requirements:9', 'nine', { tags: ['author:grace'] })
    const [result] = await rules.apply(cache, 'requirement.updated', { id: 7, author: 'ada' })
    expect(result?.acknowledged).toBe(true)
    const left = await Promise.all([7, 8, 9].map((id) => cache.get(`requirements:${id}`)))
    expect(left).toEqual([undefined, undefined, 'nine'])
  })

  it('give the event’s name as the reason unless the rule gives one', async () => {
    const { recording, sent } = recorder()
    await rules.apply(recording, 'features.imported', { lists: ['all'] })
    expect(sent).toEqual([
      { pattern: 'features:*', reason: 'import' },
      { keys: ['lists:all'], reason: 'features.imported' },
    ])
  })

  it.each(['throws', ''])(
    'that fail on an event (%j) invalidate none of it but the fallback, and throw',
    async (id) => {
      const { recording, sent } = recorder()
      await expect(rules.apply(recording, 'broken', { id })).rejects.toThrow(RuleError)
      expect(sent).toEqual([{ pattern: 'requirements:*', reason: 'broken: its rule failed' }])
    },
  )

  it('refuse an event without a rule, and tell which ones they know', async () => {
    const { recording, sent } = recorder()
    const unknown = 'toString' as 'broken'
    await expect(rules.apply(recording, unknown, { id: '1' })).rejects.toThrow(
      'There is no rule for the event "toString"',
    )
    expect(sent).toHaveLength(1)
    expect([rules.handles('broken'), rules.handles('toString')]).toEqual([true, false])
  })

  it('refuse a rule that names nothing', () => {
    const empty = createRules<{ nothing: null }>({ nothing: () => ({ keys: [] }) })
    expect(() => empty.staleBy('nothing', null)).toThrow('names nothing')
  })

  it('refuse a fallback that cannot be invalidated when they are made', () => {
    expect(() => createRules<object>({}, { fallback: { keys: [''] } })).toThrow(/key/i)
  })
})

describe('rules.mutate', () => {
  it('invalidates before and after the change, also when it throws', async () => {
    const { cache, recording, sent } = recorder()
    const happening = { name: 'requirement.updated', event: { id: 7, author: 'ada' } } as const
    const changed = rules.mutate(recording, happening, async () => {
      await cache.set('requirements:7', 'read meanwhile')
      throw new Error('timed out')
    })
    await expect(changed).rejects.toThrow('timed out')
    expect(sent).toHaveLength(2)
    expect(await cache.get('requirements:7')).toBeUndefined()
  })

  it('marks every list of targets before the change', async () => {
    const { recording, sent } = recorder()
    const before = await rules.mutate(
      recording,
      { name: 'features.imported', event: { lists: ['all'] } },
      () => sent.length,
    )
    expect([before, sent.length]).toEqual([2, 4])
  })

  it('does not begin a change whose rule fails', async () => {
    const { recording, sent } = recorder()
    let began = false
    const changed = rules.mutate(recording, { name: 'broken', event: { id: 'throws' } }, () => (began = true))
    await expect(changed).rejects.toThrow(RuleError)
    expect([began, sent.length]).toEqual([false, 0])
  })
})
