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
      await vi.waitFor(async () => expect(await entryKeys()).toBe(1), { timeout: 10_000 })

      const before = await usedBytes()
      const keys = Array.from(
        { length: ENTRIES },
        (_, index) => `requirements:FR-PERF-${String(index).padStart(6, '0')}`,
      )
      const tagged = (key: string) =>
        cache.getOrSet(key, () => 'x'.repeat(sizeBytes), { ttl: '1h', tags: [`tag:${key}`] })
      // Not all at once: what a busy machine does not store within its deadline would be missing.
      for (let at = 0; at < ENTRIES; at += 200) await Promise.all(keys.slice(at, at + 200).map(tagged))
      await vi.waitFor(async () => expect(await entryKeys()).toBe(ENTRIES + 1), { timeout: 10_000 })
      const perEntryBytes = async () => ((await usedBytes()) - before) / ENTRIES

      const { perValue, perEntry } = await rule()
      const expected = 40 + perValue * sizeBytes + perEntry
      // What the flood of commands was buffered in belongs to no entry, and the server gives it back when they are idle.
      await expect.poll(perEntryBytes, { timeout: 20_000, interval: 250 }).toBeLessThanOrEqual(expected)
      expect(await perEntryBytes()).toBeGreaterThan(expected / 2)
    },
    40_000,
  )
})
