import { describe, expect, it } from 'vitest'

import { ConfigError, StoreError } from '../../../src/base/errors.ts'
import { createCache, createHotKeys, type HotKeysOptions } from '../../../src/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'

function watched(options: Partial<HotKeysOptions> = {}) {
  const clock = fakeClock()
  const sent: unknown[] = []
  const redis = {
    isAway: false,
    get: () => Promise.resolve(null),
    run(_script: unknown, _keys: readonly string[], [pairs]: readonly unknown[]) {
      if (redis.isAway) return Promise.reject(new StoreError('connection', 'away'))
      sent.push(JSON.parse(String(pairs)))
      return Promise.resolve(1)
    },
  }
  const cache = createCache({ redis: null, namespace: 'hot', clock })
  const random = { id: () => 'AAAAAAAAAAA', fraction: () => 0 }
  const hot = createHotKeys({ cache, redis, clock, random, sampleEvery: 1, ...options })
  const read = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await cache.getOrSet(key, () => key)
  }
  return { clock, redis, sent, hot, read }
}

describe('hot keys', () => {
  it('are those that were read most', async () => {
    const { hot, read } = watched()
    await read('a', 'b', 'a', 'c', 'a', 'b')
    expect(hot.top(2)).toEqual([
      { key: 'a', heat: 3 },
      { key: 'b', heat: 2 },
    ])
  })

  it('go to Redis now and then, each read once', async () => {
    const { clock, hot, read, sent } = watched({ saveEvery: '1m' })
    await read('a', 'a')
    clock.advance(60_000)
    await read('b')
    clock.advance(60_000)
    expect(sent).toEqual([[['a', 2]], [['b', 1]]])
    expect(hot.top()).toEqual([])
  })

  it('are kept for the next time while Redis is away', async () => {
    const { hot, read, redis, sent } = watched()
    await read('a')
    redis.isAway = true
    expect(await hot.save()).toBe('unavailable')
    await read('a')
    redis.isAway = false
    expect(await hot.save()).toBe('saved')
    expect(sent).toEqual([[['a', 2]]])
  })

  it('are saved once more at the end, and no read is counted after it', async () => {
    const { clock, hot, read, sent } = watched()
    await read('a')
    await hot.close()
    await read('b')
    clock.advance(3_600_000)
    expect([sent, hot.top()]).toEqual([[[['a', 1]]], []])
  })

  it('are estimated from a sample that no regular reader escapes', async () => {
    const { hot, read } = watched({ sampleEvery: 8 })
    for (let round = 0; round < 2000; round += 1) await read('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
    const heats = hot.top().map(({ heat }) => heat)
    expect(heats).toHaveLength(8)
    for (const heat of heats) expect(Math.abs(heat - 2000)).toBeLessThan(700)
  })

  it.each([{ capacity: 0 }, { capacity: 2001 }, { sampleEvery: 0 }, { saveEvery: 10 }, { halfLife: 0 }] as const)(
    'refuse %j',
    (options) => {
      expect(() => watched(options)).toThrow(ConfigError)
    },
  )
})

describe('the options of hot keys', () => {
  it.each([
    ['capacity', 2001, 'capacity must be a whole number from 1 to 2000, got 2001'],
    ['capacity', 0, 'capacity must be a whole number from 1 to 2000, got 0'],
    ['sampleEvery', 1_000_001, 'sampleEvery must be a whole number from 1 to 1000000, got 1000001'],
    ['saveEvery', 999, 'saveEvery must be at least 1000 ms, got 999 ms'],
    ['halfLife', 999, 'halfLife must be at least 1000 ms, got 999 ms'],
    ['keepFor', 999, 'keepFor must be at least 1000 ms, got 999 ms'],
  ] as const)('refuse %s of %d in words', (name, value, words) => {
    expect(() => watched({ [name]: value })).toThrow(new ConfigError(words))
  })

  it('reach as far as they say', () => {
    const most = { capacity: 2000, sampleEvery: 1_000_000 }
    const least = { saveEvery: 1000, halfLife: 1000, keepFor: 1000 }
    expect(() => watched({ ...most, ...least })).not.toThrow()
  })
})

describe('hot keys as entries to warm', () => {
  it('are those that can be loaded, hottest first', async () => {
    const clock = fakeClock()
    const cache = createCache({ redis: null, namespace: 'hot', clock })
    const stored = JSON.stringify({
      heat: [
        ['b', 5],
        ['a', 3],
        ['c', 1],
      ],
    })
    const redis = { get: () => Promise.resolve(Buffer.from(stored)), run: () => Promise.resolve(1) }
    const hot = createHotKeys({ cache, redis, clock })
    const resolve = (key: string) => (key === 'a' ? undefined : { key, load: () => key })
    const keys: string[] = []
    for await (const { key } of hot.entries(resolve)) keys.push(key)
    expect(keys).toEqual(['b', 'c'])
    expect(await hot.saved(1)).toEqual([{ key: 'b', heat: 5 }])
  })

  it('are saved no more once closed', async () => {
    const { clock, hot, read, sent } = watched({ saveEvery: '1m' })
    await read('a')
    await hot.close()
    expect(sent).toHaveLength(1)
    clock.advance(120_000)
    expect(sent).toHaveLength(1)
  })
})
