import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createCache, createRedis } from '../../src/index.ts'
import { privateRedis } from '../../src/testing/index.ts'
import { root } from './support/clone.ts'

const ENTRIES = 4000

/** The rule of docs/operations/redis.md, read from its sentence. */
async function rule(): Promise<{ perValue: number; perEntry: number }> {
  const page = await readFile(join(root, 'docs', 'operations', 'redis.md'), 'utf8')
  const [, perValue, perEntry] =
    /its key, ([\d.]+) times its value, and (\d+) bytes/.exec(page.replaceAll('\n', ' ')) ?? []
  return { perValue: Number(perValue), perEntry: Number(perEntry) }
}

describe('the sizing rule of docs/operations/redis.md', () => {
  it.each([200, 1024, 2048, 4096])(
    'holds for values of %i bytes: never too little, never twice too much',
    async (sizeBytes) => {
      const server = await privateRedis({ maxMemory: '128mb' })
      onTestFinished(() => server.stop())
      const redis = createRedis({ url: server.url })
      onTestFinished(() => redis.close())
      const cache = createCache({ redis, namespace: 'ttrpg' })
      onTestFinished(() => cache.close())
      const client = new Client(server.port)
      onTestFinished(() => client.disconnect())
      const usedBytes = async () => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1])
      const entryKeys = async () => (await client.dbsize()) - (await client.exists('hf:{ttrpg}:head', 'hf:health'))
      await cache.getOrSet('first', () => 'x', { ttl: '1h' })
      await vi.waitFor(async () => expect(await entryKeys()).toBe(1))

      const before = await usedBytes()
      const keys = Array.from(
        { length: ENTRIES },
        (_, index) => `requirements:FR-PERF-${String(index).padStart(6, '0')}`,
      )
      const tagged = (key: string) =>
        cache.getOrSet(key, () => 'x'.repeat(sizeBytes), { ttl: '1h', tags: [`tag:${key}`] })
      await Promise.all(keys.map(tagged))
      await vi.waitFor(async () => expect(await entryKeys()).toBe(ENTRIES + 1), { timeout: 10_000 })
      const perEntryBytes = ((await usedBytes()) - before) / ENTRIES

      const { perValue, perEntry } = await rule()
      const expected = 40 + perValue * sizeBytes + perEntry
      expect(perEntryBytes).toBeLessThanOrEqual(expected)
      expect(perEntryBytes).toBeGreaterThan(expected / 2)
    },
  )
})
