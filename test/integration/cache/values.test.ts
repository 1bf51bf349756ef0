import { afterAll, describe, expect, it, vi } from 'vitest'

import { createCache, createRedis } from '../../../src/index.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

const server = testRedis()
const closing: (() => Promise<void>)[] = []

/** Two caches as two processes would have them: what the second one reads came through Redis. */
async function pair() {
  const namespace = uniqueNamespace()
  const open = async () => {
    const redis = createRedis({ url: server.url, readTimeout: '5s' })
    const cache = createCache({ redis, namespace })
    closing.push(async () => {
      await cache.close()
      await redis.close()
    })
    await redis.ready()
    return cache
  }
  return { near: await open(), far: await open() }
}

afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
})

const values: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['0', 0],
  ['an empty text', ''],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['−Infinity', Number.NEGATIVE_INFINITY],
  ['−0', -0],
  ['a Date', new Date(1_700_000_000_123)],
  ['a Map with Dates', new Map([['at', new Date(0)]])],
  ['a Set of BigInts', new Set([1n, 2n ** 70n])],
  ['a Buffer of every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ['an own __proto__ key', JSON.parse('{"__proto__":{"admin":true},"name":"x"}')],
  [
    'an own __proto__ key beside a Date',
    Object.assign(JSON.parse('{"__proto__":{"admin":true}}'), { at: new Date(0) }),
  ],
  ['what looks like devalue', [['Date', '2020-01-01'], -1, { $date: 1 }]],
  ['a lone surrogate in a text', '\ud800'],
  ['undefined inside', { a: undefined, b: [undefined] }],
]

describe('a value read from Redis by another process', () => {
  it.each(values)('is what went in: %s', async (_name, value) => {
    const { near, far } = await pair()
    expect(await near.set('value', value, { tags: ['ü', 'a"b'] })).toMatchObject({ acknowledged: true, stored: true })
    const read = await far.getOrSet('value', () => 'loaded again')
    expect(read).toStrictEqual(value)
    expect(Object.getPrototypeOf(read ?? Object(0))).toBe(Object.getPrototypeOf(value ?? Object(0)))
    expect(Object.prototype).not.toHaveProperty('admin')
  })
})

const names = [
  '*',
  '?',
  '[a-z]',
  '{',
  '}',
  '{}',
  '}{',
  '%7B',
  '{a}{b}',
  'a\nb',
  'a\r\nb',
  'a\0b',
  'ключ',
  '🗝️',
  ' ',
  '\\',
  '\\*',
  'a:*',
  'x'.repeat(1024),
]

describe('keys, tags and patterns are data', () => {
  it.each(names.map((name) => [JSON.stringify(name.slice(0, 20)), name]))(
    'a key or a tag touches exactly what it names: %s',
    async (_shown, name) => {
      const { near, far } = await pair()
      const others = names.filter((other) => other !== name)
      await Promise.all(names.map((each) => near.set(each, each, { tags: [`tag ${each}`.slice(0, 1024)] })))
      await near.invalidate({ keys: [name] })
      await far.invalidate({ tags: ['nobody has this'] })
      for (const other of others) expect(await near.get(other)).toBe(other)
      expect(await near.get(name)).toBeUndefined()
      await near.set(name, 'again', { tags: [name] })
      await near.invalidate({ tags: [name] })
      expect(await near.get(name)).toBeUndefined()
      for (const other of others) expect(await near.get(other)).toBe(other)
    },
  )

  it.each([
    ['1 MB', 'x'.repeat(1_048_576)],
    ['empty', ''],
    ['a lone surrogate', 'a\ud800'],
    ['1025 bytes', 'é'.repeat(512) + 'x'],
    ['a number', 7 as unknown as string],
  ])('a key or tag that cannot be used is refused and touches nothing: %s', async (_what, name) => {
    const { near } = await pair()
    const refused = { code: 'ERR_HOLDFAST_KEY' }
    await expect(near.get(name)).rejects.toMatchObject(refused)
    await expect(near.set(name, 1)).rejects.toMatchObject(refused)
    await expect(near.getOrSet(name, () => 1)).rejects.toMatchObject(refused)
    await expect(near.getOrSet('fine', () => 1, { tags: [name] })).rejects.toMatchObject(refused)
    await expect(near.invalidate({ keys: ['fine', name] })).rejects.toMatchObject(refused)
    await expect(near.invalidate({ tags: [name] })).rejects.toMatchObject(refused)
  })

  it('a prefix touches what begins with it and nothing else', async () => {
    const { near, far } = await pair()
    for (const key of ['a:1', 'a:b:2', 'ab:1', 'a', 'A:1', '*:1']) await near.set(key, key)
    await near.invalidate({ pattern: 'a:*' })
    expect(await near.get('a:1')).toBeUndefined()
    expect(await near.get('a:b:2')).toBeUndefined()
    for (const key of ['ab:1', 'a', 'A:1', '*:1']) expect(await near.get(key)).toBe(key)
    await near.invalidate({ pattern: String.raw`\*:*` })
    expect(await near.get('*:1')).toBeUndefined()
    expect(await near.get('ab:1')).toBe('ab:1')
    for (const pattern of ['[', 'a\\', '*a'.repeat(9), 'x'.repeat(257), '']) {
      await expect(near.invalidate({ pattern }), pattern).rejects.toMatchObject({ code: 'ERR_HOLDFAST_KEY' })
    }
    expect(await near.get('ab:1')).toBe('ab:1')
    await far.invalidate({ pattern: '*' })
    expect(await far.get('ab:1')).toBeUndefined()
  })

  it('a glob touches what it matches and nothing else', async () => {
    const { near, far } = await pair()
    const keys = [
      'user:1:cart',
      'user:22:cart',
      'user:1:name',
      'cart',
      'report:2025-01',
      'report:2026-01',
      'report:2027-01',
    ]
    for (const key of keys) await near.set(key, key, { tags: ['user:1:cart'] })
    await near.invalidate({ pattern: 'user:*:cart' })
    await near.invalidate({ pattern: 'report:202[56]-??' })
    const left = new Set(['user:1:name', 'cart', 'report:2027-01'])
    for (const key of keys) expect(await near.get(key), key).toBe(left.has(key) ? key : undefined)
    await vi.waitFor(async () => expect(await far.get('user:1:cart')).toBeUndefined(), { timeout: 5000, interval: 5 })
    expect(await far.get('user:1:name')).toBe('user:1:name')
  })
})
