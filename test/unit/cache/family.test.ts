import { describe, expect, it } from 'vitest'

import { createCache } from '../../../src/index.ts'

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

  it('takes ids that are objects, by their content', async () => {
    const { cache } = features()
    let loads = 0
    const family = cache.family('pages', { load: ({ page }: { page: number; size: number }) => ((loads += 1), page) })
    await family.get({ page: 1, size: 10 })
    await family.get({ size: 10, page: 1 })
    expect(loads).toBe(1)
  })
})
