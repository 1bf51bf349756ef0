import { describe, expect, it } from 'vitest'

import { createCache } from '../../../src/index.ts'
import { memoryCache } from '../../support/memory-cache.ts'

interface Feature {
  readonly id: string
  readonly owner: string
}

function features() {
  const cache = createCache({ redis: null, namespace: 'test' })
  const loads: string[] = []
  const family = cache.family('features', {
    ttl: '15m',
    load: (id: string): Feature => {
      loads.push(id)
      return { id, owner: id === '1' ? 'ada' : 'grace' }
    },
    tags: (_id, feature) => [`owner:${feature.owner}`],
  })
  return { cache, family, loads }
}

describe('a family', () => {
  it('loads each member once and names its keys after itself', async () => {
    const { family, loads } = features()
    await family.get('1')
    await family.get('1')
    await family.get('2')
    expect(loads).toEqual(['1', '2'])
    expect([family.name, family.keyOf('1')]).toEqual(['features', 'features:1'])
  })

  it('invalidates one member, all members, and those that share a tag of their value', async () => {
    const { cache, family, loads } = features()
    const read = async (): Promise<number> => {
      loads.length = 0
      await family.get('1')
      await family.get('2')
      return loads.length
    }
    await read()
    await family.invalidate('1', { reason: 'edited' })
    expect(await read()).toBe(1)
    await family.invalidateAll()
    expect(await read()).toBe(2)
    await cache.invalidate({ tags: ['owner:ada'] })
    expect(await read()).toBe(1)
  })

  it('keeps a member that is set, with the same tags', async () => {
    const { cache, family, loads } = features()
    expect(await family.set('9', { id: '9', owner: 'ada' })).toMatchObject({ stored: true })
    expect(await family.get('9')).toEqual({ id: '9', owner: 'ada' })
    expect(loads).toEqual([])
    await cache.invalidate({ tags: ['owner:ada'] })
    expect(await family.get('9')).toEqual({ id: '9', owner: 'grace' })
  })

  it('is refused where its name can begin no key', () => {
    const cache = createCache({ redis: null, namespace: 'test' })
    expect(() => cache.family('', { load: () => 1 })).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }))
  })

  it('keeps a member that is set as long as one that is loaded, its old value too', async () => {
    const { cache, clock } = memoryCache()
    const down = (): Promise<string> => Promise.reject(new RangeError('down'))
    const plain = cache.family('plain', { load: down })
    const kept = cache.family('kept', { load: down, ttl: '10s', grace: '20s', staleIfError: '40s' })
    await kept.set('1', 'set')
    await plain.set('1', 'set')
    expect((await cache.explain('kept:1')).process).toMatchObject({ freshUntilMs: clock.wallMs() + 10_000, tags: [] })
    expect((await cache.explain('plain:1')).process).toMatchObject({ freshUntilMs: clock.wallMs() + 3_600_000 })
    clock.advance(15_000)
    expect(await kept.get('1'), 'in its grace').toBe('set')
    clock.advance(20_000)
    expect(await kept.get('1'), 'in place of an error').toBe('set')
    clock.advance(20_000)
    await expect(kept.get('1')).rejects.toThrow('down')
  })

  it('gives entries to warm that are read as get() reads them', async () => {
    const { cache, clock } = memoryCache()
    const family = cache.family('books', { load: (id: string) => `book ${id}`, ttl: '10s', tags: (id) => [`of:${id}`] })
    await cache.warm([{ name: 'books', entries: [family.entryOf('1')] }])
    expect((await cache.explain('books:1')).process).toMatchObject({
      freshUntilMs: clock.wallMs() + 10_000,
      tags: ['of:1'],
    })
  })

  it('has no tags for what does not exist', async () => {
    const { cache } = memoryCache()
    const seen: unknown[] = []
    const family = cache.family<string, string | undefined>('gone', {
      load: () => undefined,
      tags: (_id, value) => [String(seen.push(value))],
    })
    await family.get('1').catch(() => undefined)
    expect(seen).toEqual([])
  })

  it('takes ids that are objects, by their content', async () => {
    const { cache } = features()
    let loads = 0
    const family = cache.family('pages', { load: ({ page }: { page: number; size: number }) => ((loads += 1), page) })
    await family.get({ page: 1, size: 10 })
    await family.get({ size: 10, page: 1 })
    expect(loads).toBe(1)
  })

  it('keeps what is set as the cache says where it says nothing itself', async () => {
    const { cache, clock } = memoryCache({ ttl: '1m', grace: '1m', staleIfError: '5m' })
    const plain = cache.family('plain', { load: (id: string) => `loaded ${id}` })
    await plain.set('1', 'set')
    clock.advance(60_000)
    expect([await cache.get('plain:1'), await cache.get('plain:1', { stale: true })]).toEqual([undefined, 'set'])
    const kept = cache.family('kept', { load: (id: string) => `loaded ${id}`, grace: '2m', staleIfError: '10m' })
    await kept.set('1', 'set')
    clock.advance(60_000 + 10 * 60_000 - 1)
    expect(await cache.get('kept:1', { stale: true })).toBe('set')
    clock.advance(1)
    expect(await cache.get('kept:1', { stale: true })).toBeUndefined()
  })

  it('names a member by its id, and one with several parts by all of them', () => {
    const { cache } = memoryCache()
    const pages = cache.family('pages', { load: (id: { readonly page: number; readonly of: string }) => id })
    const plain = cache.family('plain', { load: (id: number | bigint) => id })
    expect([plain.keyOf(7), plain.keyOf(7n)]).toEqual(['plain:7', 'plain:7'])
    expect(pages.keyOf({ page: 1, of: 'a' })).toBe(pages.keyOf({ of: 'a', page: 1 }))
    expect(pages.keyOf({ page: 1, of: 'a' })).not.toBe(pages.keyOf({ page: 2, of: 'a' }))
  })
})
