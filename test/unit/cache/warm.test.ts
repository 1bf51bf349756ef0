import { describe, expect, it } from 'vitest'

import { ConfigError } from '../../../src/base/errors.ts'
import { createCache, type WarmEntry, type WarmProgress } from '../../../src/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'

function warming() {
  const clock = fakeClock()
  const cache = createCache({ redis: null, namespace: 'warm', clock })
  const loads: string[] = []
  const entry = (key: string): WarmEntry => ({
    key,
    load: () => {
      loads.push(key)
      return key.toUpperCase()
    },
  })
  return { clock, cache, loads, entry }
}

describe('warm', () => {
  it('loads what is missing, leaves what is fresh, and says how many of each', async () => {
    const { cache, loads, entry } = warming()
    await cache.set('a', 'known')
    const result = await cache.warm([{ name: 'all', entries: ['a', 'b', 'c'].map(entry) }])
    expect(result).toEqual({
      state: 'complete',
      loaded: 2,
      alreadyFresh: 1,
      failed: 0,
      skipped: 0,
      failures: [],
      durationMs: 0,
    })
    expect([loads, await cache.get('a'), await cache.get('b')]).toEqual([['b', 'c'], 'known', 'B'])
  })

  it('begins with the step of the highest priority, equal ones as written', async () => {
    const { cache, loads, entry } = warming()
    await cache.warm(
      [
        { name: 'late', priority: -1, entries: [entry('late')] },
        { name: 'first', entries: [entry('first')] },
        { name: 'second', entries: [entry('second')] },
        { name: 'urgent', priority: 5, entries: [entry('urgent')] },
      ],
      { concurrency: 1 },
    )
    expect(loads).toEqual(['urgent', 'first', 'second', 'late'])
  })

  it('keeps an entry as its options say', async () => {
    const { cache, clock, entry } = warming()
    await cache.warm([
      {
        name: 'tagged',
        entries: [
          { ...entry('a'), tags: ['t'] },
          { ...entry('b'), ttl: '1m' },
        ],
      },
    ])
    await cache.invalidate({ tags: ['t'] })
    clock.advance(59_999)
    expect([await cache.get('a'), await cache.get('b')]).toEqual([undefined, 'B'])
    clock.advance(1)
    expect(await cache.get('b')).toBeUndefined()
  })

  it('never runs more loads at once than it may', async () => {
    const { cache } = warming()
    let running = 0
    let most = 0
    const slow = (key: string): WarmEntry => ({
      key,
      load: async () => {
        most = Math.max(most, (running += 1))
        await new Promise(setImmediate)
        running -= 1
        return key
      },
    })
    const entries = Array.from({ length: 20 }, (_, at) => slow(`k${at}`))
    expect((await cache.warm([{ name: 'many', entries }], { concurrency: 3 })).loaded).toBe(20)
    expect(most).toBe(3)
  })

  it('counts what fails and goes on', async () => {
    const { cache, entry } = warming()
    const error = new Error('the source is away')
    const failing: WarmEntry = { key: 'b', load: () => Promise.reject(error) }
    const result = await cache.warm([{ name: 'all', entries: [entry('a'), failing, entry('c')] }])
    expect(result).toMatchObject({ state: 'complete', loaded: 2, failed: 1 })
    expect(result.failures).toEqual([{ step: 'all', key: 'b', error }])
  })

  it('goes on with the next step when the entries of one cannot be listed', async () => {
    const { cache, entry } = warming()
    async function* broken(): AsyncGenerator<WarmEntry> {
      yield entry('a')
      await Promise.reject(new Error('the list is away'))
    }
    const result = await cache.warm([
      { name: 'broken', entries: broken() },
      { name: 'whole', entries: [entry('b')] },
    ])
    expect(result).toMatchObject({ loaded: 2, failed: 1, skipped: undefined })
    expect(result.failures).toMatchObject([{ step: 'broken', key: undefined }])
  })

  it('tells its progress after each entry', async () => {
    const { cache, entry } = warming()
    const told: WarmProgress[] = []
    const failing: WarmEntry = { key: 'b', load: () => Promise.reject(new Error('away')) }
    await cache.warm([{ name: 'all', entries: [entry('a'), failing] }], {
      concurrency: 1,
      onProgress: (progress) => told.push(progress),
    })
    expect(told).toEqual([
      { step: 'all', key: 'a', done: 1, failed: 0, total: 2 },
      { step: 'all', key: 'b', done: 2, failed: 1, total: 2 },
    ])
  })

  it('begins nothing more once it is aborted, and says what it left', async () => {
    const { cache, loads, entry } = warming()
    const abort = new AbortController()
    const result = await cache.warm([{ name: 'all', entries: ['a', 'b', 'c'].map(entry) }], {
      concurrency: 1,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    expect(result).toMatchObject({ state: 'aborted', loaded: 1, skipped: 2 })
    expect(loads).toEqual(['a'])
  })

  it('begins nothing when it was aborted before', async () => {
    const { cache, loads, entry } = warming()
    const result = await cache.warm([{ name: 'all', entries: [entry('a')] }], { signal: AbortSignal.abort() })
    expect([result.state, result.skipped, loads]).toEqual(['aborted', 1, []])
  })

  it('does not wait for a list that hangs once it is aborted', async () => {
    const { cache } = warming()
    const abort = new AbortController()
    async function* hanging(): AsyncGenerator<WarmEntry> {
      abort.abort()
      yield await new Promise<never>(() => undefined)
    }
    expect((await cache.warm([{ name: 'hangs', entries: hanging() }], { signal: abort.signal })).state).toBe('aborted')
  })

  it('takes the members of a family as the family reads them', async () => {
    const { cache, loads } = warming()
    const family = cache.family('features', {
      load: (id: string) => {
        loads.push(id)
        return { id }
      },
      tags: (id) => [`feature:${id}`],
    })
    await cache.warm([{ name: 'features', entries: ['1', '2'].map((id) => family.entryOf(id)) }])
    expect([await family.get('1'), loads]).toEqual([{ id: '1' }, ['1', '2']])
    await cache.invalidate({ tags: ['feature:1'] })
    await family.get('1')
    expect(loads).toEqual(['1', '2', '1'])
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d loads at once', async (concurrency) => {
    await expect(warming().cache.warm([], { concurrency })).rejects.toThrow(ConfigError)
  })
})
