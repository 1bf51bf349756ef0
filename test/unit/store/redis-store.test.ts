import { describe, expect, it } from 'vitest'

import { StoreError } from '../../../src/base/errors.ts'
import type { Argument, Redis, Reply } from '../../../src/redis/redis.ts'
import { createRedisStore } from '../../../src/store/redis-store.ts'

interface Sent {
  readonly script: string
  readonly keys: readonly string[]
  readonly args: readonly Argument[]
}

/** A store over a Redis that answers every script with `reply` and every read with `stored`. */
function storeOver(reply: Reply = 1, stored: Buffer | null = null) {
  const asked: string[] = []
  const sent: Sent[] = []
  const redis: Pick<Redis, 'get' | 'run'> = {
    async get(key) {
      asked.push(key)
      return stored
    },
    async run({ name }, keys, args) {
      sent.push({ script: name, keys, args })
      return reply
    },
  }
  return { store: createRedisStore(redis, 'ttrpg'), asked, sent }
}

const ENTRY = 'hf:ttrpg:e:{a%7Bb%7D}'
const LEASE = 'hf:ttrpg:l:{a%7Bb%7D}'
const CHANNEL = 'hf:{ttrpg}:filled'
const entry = Buffer.from('entry')

describe('entries in Redis', () => {
  it('are read under the key of their namespace, null where there is none', async () => {
    const found = storeOver(1, entry)
    expect(await found.store.get('a{b}')).toBe(entry)
    expect(found.asked).toEqual([ENTRY])
    expect(await storeOver(1, null).store.get('a{b}')).toBeNull()
  })

  it('are written by one script that ends the lease and tells those who wait', async () => {
    const { store, sent } = storeOver()
    await store.fill('a{b}', entry, 1000)
    await store.fill('a{b}', entry, 1000, 'my lease')
    const told = JSON.stringify({ key: 'a{b}', outcome: 'filled' })
    expect(sent).toEqual([
      { script: 'entry.fill', keys: [ENTRY, LEASE], args: [entry, 1000, '', CHANNEL, told] },
      { script: 'entry.fill', keys: [ENTRY, LEASE], args: [entry, 1000, 'my lease', CHANNEL, told] },
    ])
  })

  it('always have a life, in whole milliseconds of at least one', async () => {
    const { store, sent } = storeOver()
    for (const lifeMs of [1000, 0.4, 0, -5, 1500.2]) await store.fill('a', entry, lifeMs)
    expect(sent.map(({ args }) => args[1])).toEqual([1000, 1, 1, 1, 1501])
  })

  it('are written, or a younger one is kept, or their lease was lost', async () => {
    for (const [reply, outcome] of [
      [1, 'stored'],
      [0, 'newer-kept'],
      [-1, 'lease-lost'],
    ] as const) {
      expect(await storeOver(reply).store.fill('a', entry, 1)).toBe(outcome)
    }
  })
})

describe('the lease of a load', () => {
  const stamp = { epoch: 'abcdefghijk', position: Number.MAX_SAFE_INTEGER }
  const value = 'token abcdefghijk 9007199254740991'

  it('says who loads and with which stamp', async () => {
    const { store, sent } = storeOver([1])
    expect(await store.acquire({ key: 'a{b}', token: 'token', stamp, lifeMs: 3000, seen: '' })).toEqual({
      state: 'mine',
      value,
    })
    await store.acquire({ key: 'a{b}', token: 'token', stamp, lifeMs: 3000, seen: '', takeOver: 'an old lease' })
    expect(sent.map(({ script, keys, args }) => [script, keys, args])).toEqual([
      ['lease.acquire', [LEASE, ENTRY], [value, 3000, '', '']],
      ['lease.acquire', [LEASE, ENTRY], [value, 3000, 'an old lease', '']],
    ])
  })

  it('that another holds is read back with its stamp and what is left of it', async () => {
    expect(
      await storeOver([0, value, 1200]).store.acquire({ key: 'a', token: 'other', stamp, lifeMs: 3000, seen: '' }),
    ).toEqual({
      state: 'held',
      lease: { value, stamp, leftMs: 1200 },
    })
  })

  it('is renewed while it is held', async () => {
    const { store, sent } = storeOver(1)
    expect(await store.renew('a{b}', value, 3000)).toBe(true)
    expect(await storeOver(0).store.renew('a{b}', value, 3000)).toBe(false)
    expect(sent).toEqual([{ script: 'lease.renew', keys: [LEASE], args: [value, 3000] }])
  })

  it('is given back with the reason, for those who wait', async () => {
    const { store, sent } = storeOver(1)
    const end = { key: 'a{b}', outcome: 'failed', message: 'the source is down' } as const
    await store.giveBack('a{b}', value, end, 0)
    await store.giveBack('a{b}', value, end, 2000)
    const told = [value, CHANNEL, JSON.stringify(end)]
    expect(sent.map(({ script, keys }) => [script, keys])).toEqual([
      ['lease.give-back', [LEASE]],
      ['lease.give-back', [LEASE]],
    ])
    expect(sent.map(({ args }) => args)).toEqual([
      [...told, '', 0],
      [...told, '!the source is down', 2000],
    ])
  })
})

describe('a failure of Redis', () => {
  it('passes through the store', async () => {
    const away = new StoreError('connection', 'away')
    const fails = (): Promise<never> => Promise.reject(away)
    const store = createRedisStore({ get: fails, run: fails }, 'n')
    await expect(store.get('a')).rejects.toBe(away)
    await expect(store.fill('a', entry, 1)).rejects.toBe(away)
  })
})
