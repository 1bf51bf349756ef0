import { describe, expect, it } from 'vitest'

import { StoreError } from '../../../src/base/errors.ts'
import type { Argument, RedisCommands, Reply, Script } from '../../../src/redis/redis.ts'
import { createRedisStore } from '../../../src/store/redis-store.ts'

interface Sent {
  readonly script: string
  readonly keys: readonly string[]
  readonly args: readonly Argument[]
}

function storeOver(reply: Reply = 1, stored: Buffer | null = null) {
  const asked: string[] = []
  const sent: Sent[] = []
  const redis: Pick<RedisCommands, 'get' | 'run'> = {
    async get(key) {
      asked.push(key)
      return stored
    },
    async run(script: Script, keys, args) {
      sent.push({ script: script.name, keys, args })
      return reply
    },
  }
  return { store: createRedisStore(redis as RedisCommands, 'ttrpg'), asked, sent }
}

describe('the Redis store', () => {
  it('reads an entry under the key of its namespace, and null where there is none', async () => {
    const found = storeOver(1, Buffer.from('bytes'))
    expect(await found.store.get('a{b}')).toEqual(Buffer.from('bytes'))
    expect(found.asked).toEqual(['hf:ttrpg:e:{a%7Bb%7D}'])
    expect(await storeOver(1, null).store.get('a')).toBeNull()
  })

  it('writes an entry by one script, with its life in whole milliseconds of at least one', async () => {
    const { store, sent } = storeOver()
    const entry = Buffer.from('entry')
    for (const lifeMs of [1000, 0.4, 0, -5, 1500.2]) await store.fill('a', entry, lifeMs)
    expect(sent.map(({ args }) => args[1])).toEqual([1000, 1, 1, 1, 1501])
    expect(sent[0]).toEqual({
      script: 'entry.fill',
      keys: ['hf:ttrpg:e:{a}', 'hf:ttrpg:l:{a}'],
      args: [entry, 1000, '', 'hf:{ttrpg}:filled', '{"key":"a","outcome":"filled"}'],
    })
  })

  it('says whether the entry was written, a younger one kept, or the lease lost', async () => {
    expect(await storeOver(1).store.fill('a', Buffer.alloc(0), 1)).toBe('stored')
    expect(await storeOver(0).store.fill('a', Buffer.alloc(0), 1)).toBe('newer-kept')
    expect(await storeOver(-1).store.fill('a', Buffer.alloc(0), 1, 'lease')).toBe('lease-lost')
  })

  it('takes a lease with the stamp of the load, and reads the stamp of one that another holds', async () => {
    const stamp = { epoch: 'epoch-one-1', position: 1_800_000_000_000_001 }
    const mine = storeOver([1])
    expect(await mine.store.acquire('a', 'token', stamp, 2000)).toEqual({
      state: 'mine',
      value: 'token epoch-one-1 1800000000000001',
    })
    expect(mine.sent[0]).toEqual({
      script: 'lease.acquire',
      keys: ['hf:ttrpg:l:{a}'],
      args: ['token epoch-one-1 1800000000000001', 2000, ''],
    })
    expect(await storeOver([0, 'other epoch-one-1 7', 1500]).store.acquire('a', 'token', stamp, 2000)).toEqual({
      state: 'held',
      lease: { value: 'other epoch-one-1 7', stamp: { epoch: 'epoch-one-1', position: 7 }, leftMs: 1500 },
    })
  })

  it('passes a failure of Redis on', async () => {
    const redis = { get: () => Promise.reject(new StoreError('connection', 'away')) }
    await expect(createRedisStore(redis as unknown as RedisCommands, 'n').get('a')).rejects.toThrow('away')
  })
})
