import { describe, expect, it } from 'vitest'

import { cachedEntry, keepNear, type CachedEntry } from '../../../src/cache/cached-entry.ts'
import { Content } from '../../../src/cache/content.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'

/** An entry as it comes from Redis: its text is a part of the reply. */
function fromRedis() {
  // Not of the pool that small buffers share.
  const reply = Buffer.alloc(9)
  reply.write('junk[1,2]')
  const content = Content.ofPayload({ format: 1, text: reply.subarray(4) }, true).make('json')
  const fields = {
    key: 'a',
    tags: [],
    stamp: undefined,
    freshUntilMs: 1,
    goneAtMs: 2,
    loadCostMs: 3,
    tally: { hits: 0 },
  }
  return { reply, entry: cachedEntry({ ...fields, loaded: undefined, content }) }
}

const storeOf = (maxBytes: number) => createMemoryStore<CachedEntry>({ maxEntries: 10, maxBytes })

describe('keeping an entry in this process', () => {
  it('keeps nothing of the reply that it came in', () => {
    const { reply, entry } = fromRedis()
    const l1 = storeOf(10_000)
    keepNear({ l1 }, entry)
    expect(l1.get('a')).toBe(entry)
    expect(entry.content.json.body.toString()).toBe('[1,2]')
    expect(entry.content.json.body.buffer).not.toBe(reply.buffer)
  })

  it('neither copies nor measures what a memory that takes nothing would not keep', () => {
    const { reply, entry } = fromRedis()
    const l1 = storeOf(1)
    expect(l1.takes('a')).toBe(false)
    keepNear({ l1 }, entry)
    expect(l1.size).toBe(0)
    expect(entry.content.json.body.buffer).toBe(reply.buffer)
  })
})
