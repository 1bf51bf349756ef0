import { describe, expect, it } from 'vitest'

import { Cached, cached, createCache } from '../../../src/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'

function counting() {
  const clock = fakeClock()
  const cache = createCache({ redis: null, namespace: 'test', clock })
  const calls: unknown[][] = []
  const fn = async (...args: readonly unknown[]): Promise<string> => {
    calls.push([...args])
    return `result ${calls.length}`
  }
  return { cache, clock, calls, fn }
}

describe('test_cached_decorator_returns_cached_result', () => {
  it('answers an equal call from the cache', async () => {
    const { cache, calls, fn } = counting()
    const list = cache.cached(fn, { name: 'features.list' })
    expect([await list({ status: 'pending', limit: 5 }), await list({ limit: 5, status: 'pending' })]).toEqual([
      'result 1',
      'result 1',
    ])
    expect(calls).toHaveLength(1)
  })

  it('answers null, 0 and an empty text from the cache too', async () => {
    const { cache } = counting()
    for (const value of [null, 0, '']) {
      let calls = 0
      const load = cached(cache, () => ((calls += 1), value), { name: `value ${String(value)}` })
      expect([await load(), await load()]).toEqual([value, value])
      expect(calls).toBe(1)
    }
  })
})

describe('test_cached_decorator_calls_function_on_miss', () => {
  it('calls the function for other arguments, and again after an invalidation', async () => {
    const { cache, calls, fn } = counting()
    const list = cache.cached(fn, { name: 'list' })
    await list('a')
    await list('b')
    expect(calls).toEqual([['a'], ['b']])
    await list.invalidate('a')
    expect(await list('a')).toBe('result 3')
    expect(await list('b')).toBe('result 2')
    await list.invalidateAll({ reason: 'import' })
    expect(await list('b')).toBe('result 4')
  })

  it('names its keys by the name given, and does not meet another function’s', async () => {
    const { cache, calls, fn } = counting()
    const [one, two] = [
      cache.cached(fn, { name: 'a' }),
      cache.cached(fn, { name: 'b*', key: (id) => `id ${String(id)}` }),
    ]
    expect([one.keyOf(1), two.keyOf(1)]).toEqual(['a:[1]', 'b*:id 1'])
    await one(1)
    await two(1)
    await two.invalidateAll()
    await one(1)
    expect(calls).toHaveLength(2)
    await two(1)
    expect(calls).toHaveLength(3)
    expect(() => cache.cached(fn, { name: '' })).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
  })

  it('is invalidated by its tags, fixed ones and ones of the arguments', async () => {
    const { cache, calls } = counting()
    const load = cache.cached(async (id: number) => calls.push([id]), { name: 'user', tags: (id) => [`user:${id}`] })
    await load(1)
    await load(2)
    await cache.invalidate({ tags: ['user:1'] })
    await load(1)
    await load(2)
    expect(calls).toEqual([[1], [2], [1]])
  })

  it('hands on what the function throws, and caches nothing then', async () => {
    const { cache } = counting()
    let calls = 0
    const load = cache.cached(() => Promise.reject(new RangeError(`${(calls += 1)}`)), { name: 'failing' })
    await expect(load()).rejects.toThrow(new RangeError('1'))
    await expect(load()).rejects.toThrow(new RangeError('2'))
  })
})

describe('test_ttl_parameter_respected', () => {
  it('calls the function again when the TTL has passed, and not before', async () => {
    const { cache, clock, calls, fn } = counting()
    const list = cache.cached(fn, { name: 'list', ttl: '15m' })
    await list()
    clock.advance(15 * 60_000 - 1)
    await list()
    expect(calls).toHaveLength(1)
    clock.advance(1)
    await list()
    expect(calls).toHaveLength(2)
  })
})

describe('@Cached', () => {
  it('caches a method by its arguments and leaves its `this` alone', async () => {
    const { cache } = counting()
    class Users {
      calls = 0
    }
    async function byId(this: Users, id: number): Promise<string> {
      this.calls += 1
      return `user ${id}`
    }
    // Applied by hand, as the language does; test/package/decorator.test.ts compiles the syntax.
    const context = { kind: 'method', name: 'byId' } as ClassMethodDecoratorContext
    const decorated = Cached<Users, [number], string>(cache, { name: 'users.byId' })(byId, context)
    const users = new Users()
    const read = (id: number): Promise<string> => decorated.call(users, id)
    expect([await read(1), await read(1), await read(2)]).toEqual(['user 1', 'user 1', 'user 2'])
    expect(users.calls).toBe(2)
    expect(cache.families(), 'figures are told by its name').toContain('users.byId')
  })
})
