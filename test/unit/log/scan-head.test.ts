import { describe, expect, it } from 'vitest'

import { logKeys } from '../../../src/keys/redis-key.ts'
import { pagesOf, scanHead, type ScannedHead } from '../../../src/log/scan-head.ts'
import type { HashPage, RedisCommands } from '../../../src/redis/redis.ts'

/** A head of `count` tags, the n-th at position n, in pages of a thousand, in no order that helps. */
function head(count: number, floor = 0, epochOf: (page: number) => string = () => 'e') {
  let asked = 0
  const page = (cursor: string): HashPage => {
    asked += 1
    const from = Number(cursor)
    const to = Math.min(count, from + 1000)
    const fields = Array.from({ length: to - from }, (_, index): [string, string] => {
      const position = ((from + index) * 7919) % count
      return [`t:${position}`, String(position + 1)]
    })
    if (from === 0) fields.unshift(['@floor', String(floor)], ['@epoch', 'e'])
    return { cursor: to === count ? '0' : String(to), fields }
  }
  const redis: Pick<RedisCommands, 'run' | 'scanHash'> = {
    scanHash: async (_key, cursor) => page(cursor),
    async run(_script, _keys, args) {
      const { cursor, fields } = page(String(args[3]))
      return [epochOf(asked), cursor, fields.flat()]
    },
  }
  return { redis: redis as RedisCommands, asked: () => asked }
}

async function scanned(redis: RedisCommands): Promise<ScannedHead | undefined> {
  const random = { id: () => 'AAAAAAAAAAA', fraction: () => 0 }
  const deps = { redis, random, keys: logKeys('n'), marks: { maxMarks: 10_000 } }
  return scanHead(deps, { epoch: 'e', position: 1 })
}

const nothing: ScannedHead = { floor: -1, targets: new Map() }

describe('the head of the log', () => {
  it('counts for nothing when a page of it comes from another epoch', async () => {
    const { redis } = head(3000, 0, (page) => (page === 3 ? 'another' : 'e'))
    expect(await scanned(redis)).toBeUndefined()
  })

  it('is read whole where it is small', async () => {
    const { floor, targets } = (await scanned(head(5000).redis)) ?? nothing
    expect([floor, targets.size, targets.get('t:4999')]).toEqual([0, 5000, 5000])
  })

  it('leaves out what its floor stands for', async () => {
    const { floor, targets } = (await scanned(head(5000, 4000).redis)) ?? nothing
    expect([floor, Math.min(...targets.values())]).toEqual([4000, 4001])
  })

  it('never fills a process: of a million marks the floor stands for the older ones, and each is under it or kept', async () => {
    const { floor, targets } = (await scanned(head(1_000_000).redis)) ?? nothing
    expect(targets.size).toBeLessThanOrEqual(21_000)
    expect(floor).toBeGreaterThan(0)
    const above = Array.from({ length: 1_000_000 - floor }, (_, index) => floor + 1 + index)
    expect(above.filter((position) => targets.get(`t:${position - 1}`) !== position)).toEqual([])
  })

  it('is asked for one page ahead, and not beyond its end', async () => {
    const { redis, asked } = head(3000)
    const pages = pagesOf(redis, 'head')
    await pages.next()
    expect(asked()).toBe(2)
    for await (const _page of pages) {
      // Reads the rest.
    }
    expect(asked()).toBe(3)
  })
})
