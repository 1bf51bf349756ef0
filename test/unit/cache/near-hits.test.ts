import { describe, expect, it } from 'vitest'

import { createEmitter } from '../../../src/base/emitter.ts'
import { HITS_PER_SAMPLE, type HoldfastEvent } from '../../../src/base/events.ts'
import { NearHits } from '../../../src/cache/near-hits.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { memoryCache } from '../../support/memory-cache.ts'

function counted() {
  const clock = fakeClock()
  const events = createEmitter<HoldfastEvent>()
  const told: HoldfastEvent[] = []
  events.on((event) => told.push(event))
  const hits = new NearHits({ clock, random: { id: () => 'AAAAAAAAAAA', fraction: () => 0 }, events })
  const hit = (key: string, tookMs = 0): void => {
    const began = hits.begin()
    clock.advance(tookMs)
    hits.count(key, hits.tallyOf(key), began)
  }
  return { hits, hit, told }
}

describe('the hits in memory', () => {
  it('are counted one by one, for each family', () => {
    const { hits, hit } = counted()
    hits.declare('books')
    hits.declare('authors')
    hits.declare('books:rare')
    for (let index = 0; index < 1000; index += 1) hit(`books:${index % 7}`)
    hit('books:rare:1')
    hit('stranger:1')
    hit('authors:1')
    hit('alone')
    expect(hits.byFamily()).toEqual({ books: 1000, 'books:rare': 1, authors: 1, other: 2 })
    expect(hits.total).toBe(1004)
  })

  it('of more families than are told apart are added up', () => {
    const { hits, hit } = counted()
    for (let index = 0; index < 300; index += 1) {
      hits.declare(`family${index}`)
      hit(`family${index}:1`)
    }
    const families = hits.byFamily()
    expect(Object.keys(families)).toHaveLength(101)
    expect(families['other']).toBe(200)
    expect(hits.total).toBe(300)
  })

  it('are told with what they took, about one in so many and not at regular intervals', () => {
    const { hit, told } = counted()
    const at: number[] = []
    for (let index = 0; index < 200 * HITS_PER_SAMPLE; index += 1) {
      hit('books:1', 2)
      if (told.length > at.length) at.push(index)
    }
    expect(told.length).toBeGreaterThan(150)
    expect(told.length).toBeLessThan(270)
    expect(told[0]).toEqual({ type: 'read', key: 'books:1', result: 'hit', tier: 'l1', durationMs: 2 })
    expect(new Set(at.map((index, nth) => index - (at[nth - 1] ?? 0))).size).toBeGreaterThan(20)
  })

  it('are all told to who asks for all, each once', () => {
    const { hits, hit, told } = counted()
    const untimed: HoldfastEvent[] = []
    hits.onUntimed((event) => untimed.push(event))
    for (let index = 0; index < 500; index += 1) hit('books:1')
    expect(untimed.length + told.length).toBe(500)
    expect(untimed.every((event) => event.type === 'read' && event.durationMs === undefined)).toBe(true)
  })

  it('reach a listener of the cache one by one, or as a sample', async () => {
    const { cache } = memoryCache()
    cache.declareFamilies(['books'])
    const all: string[] = []
    const sampled: string[] = []
    const isHit = (event: HoldfastEvent): boolean => event.type === 'read' && event.result === 'hit'
    const stop = cache.on((event) => isHit(event) && all.push(event.type))
    cache.on((event) => isHit(event) && sampled.push(event.type), { hits: 'sampled' })
    await cache.getOrSet('books:1', () => 1)
    for (let hit = 0; hit < 1000; hit += 1) await (hit % 2 ? cache.get('books:1') : cache.getOrSet('books:1', () => 2))
    expect(all).toHaveLength(1000)
    expect(sampled.length).toBeGreaterThan(3)
    expect(sampled.length).toBeLessThan(60)
    stop()
    await cache.get('books:1')
    expect(all).toHaveLength(1000)
    expect(cache.nearHits()).toEqual({ books: 1001 })
    expect(cache.stats().hits.l1).toBe(1001)
  })
})
