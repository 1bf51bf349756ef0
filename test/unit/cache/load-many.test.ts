import { describe, expect, it } from 'vitest'

import { contextOfMany, singleLoader, valueOf } from '../../../src/cache/load-many.ts'
import type { Said } from '../../../src/cache/run-loader.ts'

const { signal } = new AbortController()

describe('a loader of many keys that is asked for one', () => {
  it('is asked for that one, and heard about it alone', async () => {
    const said: unknown[] = []
    const asked: unknown[] = []
    const loader = singleLoader('a', (keys, { tag, ttl, signal: given }) => {
      asked.push(keys, given)
      for (const key of ['a', 'b']) {
        tag(key, 'x', 'y')
        ttl(key, '1m')
      }
      return { a: 1, b: 2 }
    })
    const value = await loader({
      signal,
      tag: (...tags) => said.push(tags),
      ttl: (ttl) => said.push(ttl),
      cost: () => undefined,
    })
    expect([value, asked, said]).toEqual([1, [['a'], signal], [['x', 'y'], '1m']])
  })
})

describe('the values of many keys', () => {
  it('are a Map or an object’s own properties', () => {
    expect(['a', 'b', 'toString'].map((key) => valueOf({ a: 1 }, key))).toEqual([1, undefined, undefined])
    expect(['a', 'b'].map((key) => valueOf(new Map([['a', 1]]), key))).toEqual([1, undefined])
  })
})

describe('what a loader says of many keys', () => {
  it('is kept for those that were asked for, and checked for all', () => {
    const said = new Map<string, Said>([['a', { tags: new Set(['given']) }]])
    const context = contextOfMany(said, signal)
    context.tag('a', 'x', 'y')
    context.tag('b', 'z')
    context.ttl('a', '1m')
    context.ttl('b', '2m')
    expect(said).toEqual(new Map([['a', { tags: new Set(['given', 'x', 'y']), ttlMs: 60_000 }]]))
    expect(context.signal).toBe(signal)
    expect(() => context.ttl('b', 'soon' as '1s')).toThrow(/^ttl\b/)
    expect(() => context.tag('b', '')).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
  })
})
