import { beforeAll, describe, expect, it } from 'vitest'

import { decodeEntry, encodeEntry } from '../../../src/codec/entry.ts'
import { printOf, type Stamp } from '../../../src/codec/header.ts'
import { serialise } from '../../../src/codec/serialise.ts'
import { createRedis } from '../../../src/redis/create-redis.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { createRedisStore, type RedisStore } from '../../../src/store/redis-store.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'

// What the scripts of the store do in a real Redis: the unit tests see only what is sent.

const server = testRedis()
let redis: Redis

beforeAll(() => {
  redis = createRedis({ url: server.url, readTimeout: '5s' })
  return () => redis.close()
})

const EPOCH = 'abcdefghijk'
const LATER_EPOCH = 'ABCDEFGHIJK'

function entryOf(value: string, stamp: Partial<Stamp> = {}): Buffer {
  const header = {
    stamp: { epoch: EPOCH, position: 1000, ...stamp },
    tags: ['t'],
    freshUntilMs: 1,
    goneAtMs: 2,
    loadCostMs: 3,
  }
  return encodeEntry(header, serialise(value))
}

interface Storing {
  readonly store: RedisStore
  readonly namespace: string
  readonly valueOf: (key: string) => Promise<unknown>
}

function storing(): Storing {
  const namespace = uniqueNamespace()
  const store = createRedisStore(redis, namespace)
  return {
    store,
    namespace,
    async valueOf(key) {
      const bytes = await store.get(key)
      return bytes === null ? null : decodeEntry(bytes).value
    },
  }
}

describe('the script that writes an entry', () => {
  it('gives back the bytes that were written', async () => {
    const { store } = storing()
    const entry = entryOf('é🐉\u0000')
    expect(await store.fill('a', entry, 60_000)).toBe('stored')
    expect(await store.get('a')).toEqual(entry)
  })

  it('keeps the younger load of an epoch, whichever is written first', async () => {
    const positions = [0, 1, 127, 128, 1000, 16_384, 2 ** 31, 2 ** 32, 2 ** 53 - 2, Number.MAX_SAFE_INTEGER]
    for (const [at, position] of positions.slice(1).entries()) {
      const { store, valueOf } = storing()
      const [older, younger] = [entryOf('older', { position: positions[at] ?? 0 }), entryOf('younger', { position })]
      expect(await store.fill('first', younger, 60_000)).toBe('stored')
      expect(await store.fill('first', older, 60_000), `${positions[at]} after ${position}`).toBe('newer-kept')
      expect(await valueOf('first')).toBe('younger')
      expect(await store.fill('last', older, 60_000)).toBe('stored')
      expect(await store.fill('last', younger, 60_000)).toBe('stored')
      expect(await valueOf('last')).toBe('younger')
    }
  })

  it('writes over an entry of the same load, of another epoch, and over what is no entry', async () => {
    const { store, valueOf } = storing()
    await store.fill('a', entryOf('first'), 60_000)
    expect(await store.fill('a', entryOf('again'), 60_000)).toBe('stored')
    expect(await valueOf('a')).toBe('again')
    expect(await store.fill('a', entryOf('other epoch', { epoch: LATER_EPOCH, position: 1 }), 60_000)).toBe('stored')
    expect(await valueOf('a')).toBe('other epoch')
    for (const foreign of ['', 'short', 'x'.repeat(100)]) {
      await store.fill('b', Buffer.from(foreign), 60_000)
      expect(await store.fill('b', entryOf('over it'), 60_000), foreign).toBe('stored')
      expect(await valueOf('b')).toBe('over it')
    }
  })

  it('gives every entry its life, which a younger one that is kept does not lose', async () => {
    const { store, namespace } = storing()
    await store.fill('a', entryOf('a', { position: 5 }), 3_600_000)
    await store.fill('a', entryOf('older', { position: 4 }), 10)
    const pttl = { name: 'test.pttl', lua: "return redis.call('PTTL', KEYS[1])" }
    const leftMs = Number(await redis.run(pttl, [`hf:${namespace}:e:{a}`], []))
    expect(leftMs).toBeGreaterThan(3_000_000)
    expect(leftMs).toBeLessThanOrEqual(3_600_000)
  })
})

describe('the lease of a load', () => {
  const stamp = { epoch: EPOCH, position: 7 }

  it('is taken by one, and shown to the others with its stamp', async () => {
    const { store } = storing()
    expect(await store.acquire({ key: 'a', token: 'one', stamp, lifeMs: 60_000, seen: '' })).toEqual({
      state: 'mine',
      value: `one ${EPOCH} 7`,
    })
    const other = await store.acquire({
      key: 'a',
      token: 'other',
      stamp: { ...stamp, position: 9 },
      lifeMs: 60_000,
      seen: '',
    })
    expect(other).toMatchObject({ state: 'held', lease: { value: `one ${EPOCH} 7`, stamp } })
    expect(other.state === 'held' && other.lease.leftMs > 50_000 && other.lease.leftMs <= 60_000).toBe(true)
    expect(await store.acquire({ key: 'b', token: 'other', stamp, lifeMs: 60_000, seen: '' })).toMatchObject({
      state: 'mine',
    })
  })

  it('is taken over only by who names its value', async () => {
    const { store } = storing()
    await store.acquire({ key: 'a', token: 'one', stamp, lifeMs: 60_000, seen: '' })
    const younger = { ...stamp, position: 9 }
    expect(
      await store.acquire({
        key: 'a',
        token: 'two',
        stamp: younger,
        lifeMs: 60_000,
        seen: '',
        takeOver: 'another value',
      }),
    ).toMatchObject({ state: 'held' })
    expect(
      await store.acquire({
        key: 'a',
        token: 'two',
        stamp: younger,
        lifeMs: 60_000,
        seen: '',
        takeOver: `one ${EPOCH} 7`,
      }),
    ).toMatchObject({ state: 'mine' })
    expect(await store.fill('a', entryOf('one'), 60_000, `one ${EPOCH} 7`)).toBe('lease-lost')
    expect(await store.get('a')).toBeNull()
    expect(await store.fill('a', entryOf('two'), 60_000, `two ${EPOCH} 9`)).toBe('stored')
  })

  it('ends with the fill, and a second fill under it is refused', async () => {
    const { store, valueOf } = storing()
    await store.acquire({ key: 'a', token: 'one', stamp, lifeMs: 60_000, seen: '' })
    expect(await store.fill('a', entryOf('one'), 60_000, `one ${EPOCH} 7`)).toBe('stored')
    expect(await store.fill('a', entryOf('twice'), 60_000, `one ${EPOCH} 7`)).toBe('lease-lost')
    expect(await valueOf('a')).toBe('one')
    expect(await store.acquire({ key: 'a', token: 'two', stamp, lifeMs: 60_000, seen: '*' })).toMatchObject({
      state: 'mine',
    })
  })

  it('is ended by a value that was set, so that the load under it does not write over that', async () => {
    const { store, valueOf } = storing()
    await store.acquire({ key: 'a', token: 'one', stamp, lifeMs: 60_000, seen: '' })
    expect(await store.fill('a', entryOf('set'), 60_000)).toBe('stored')
    expect(await store.fill('a', entryOf('loaded'), 60_000, `one ${EPOCH} 7`)).toBe('lease-lost')
    expect(await valueOf('a')).toBe('set')
  })

  it('is renewed and given back only by who holds it', async () => {
    const { store } = storing()
    await store.acquire({ key: 'a', token: 'one', stamp, lifeMs: 60_000, seen: '' })
    expect(await store.renew('a', 'not it', 60_000)).toBe(false)
    await store.giveBack('a', 'not it', { key: 'a', outcome: 'filled' }, 0)
    expect(await store.renew('a', `one ${EPOCH} 7`, 60_000)).toBe(true)
    await store.giveBack('a', `one ${EPOCH} 7`, { key: 'a', outcome: 'failed', message: 'm' }, 0)
    expect(await store.renew('a', `one ${EPOCH} 7`, 60_000)).toBe(false)
    expect(await store.acquire({ key: 'a', token: 'two', stamp, lifeMs: 60_000, seen: '' })).toMatchObject({
      state: 'mine',
    })
  })

  it('is not given to whoever has not seen the entry that is stored: that load is done', async () => {
    const { store } = storing()
    const ask = (seen: string) => store.acquire({ key: 'a', token: 'one', stamp, lifeMs: 60_000, seen })
    await store.fill('a', entryOf('loaded meanwhile'), 60_000)
    const print = printOf({ stamp: { epoch: EPOCH, position: 1000 }, freshUntilMs: 1 })
    expect(await ask('')).toEqual({ state: 'changed' })
    expect(await ask(printOf({ stamp: { epoch: EPOCH, position: 999 }, freshUntilMs: 1 }))).toEqual({
      state: 'changed',
    })
    expect(await ask(printOf({ stamp: { epoch: EPOCH, position: 1000 }, freshUntilMs: 2 }))).toEqual({
      state: 'changed',
    })
    expect(await ask(print)).toMatchObject({ state: 'mine' })
    expect(await store.acquire({ key: 'b', token: 'one', stamp, lifeMs: 60_000, seen: print })).toMatchObject({
      state: 'mine',
    })
  })

  it('leaves the message of a failed load in its place for as long as that is to answer everyone', async () => {
    const { store } = storing()
    await store.acquire({ key: 'a', token: 'one', stamp, lifeMs: 60_000, seen: '' })
    await store.giveBack('a', `one ${EPOCH} 7`, { key: 'a', outcome: 'failed', message: 'no source' }, 60_000)
    expect(await store.acquire({ key: 'a', token: 'two', stamp, lifeMs: 60_000, seen: '' })).toEqual({
      state: 'failed',
      message: 'no source',
    })
    expect(await store.fill('a', entryOf('set'), 60_000)).toBe('stored')
    expect(await store.acquire({ key: 'a', token: 'two', stamp, lifeMs: 60_000, seen: '*' })).toMatchObject({
      state: 'mine',
    })

    await store.acquire({ key: 'b', token: 'one', stamp, lifeMs: 60_000, seen: '' })
    await store.giveBack('b', `one ${EPOCH} 7`, { key: 'b', outcome: 'failed', message: 'no source' }, 1)
    await expect
      .poll(() => store.acquire({ key: 'b', token: 'two', stamp, lifeMs: 60_000, seen: '' }))
      .toMatchObject({ state: 'mine' })
  })
})
