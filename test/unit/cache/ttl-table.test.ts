import { describe, expect, it } from 'vitest'

import { ConfigError } from '../../../src/base/errors.ts'
import { createTtlTable } from '../../../src/cache/ttl-table.ts'
import { createCache } from '../../../src/index.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const MINUTE = 60_000

describe('the table of TTLs (CACHE_TTL_CONFIG)', () => {
  it('holds what the requirement asks for', () => {
    const { of: ttl } = createTtlTable()
    const minutes = [
      'requirements',
      'features',
      'user_sessions',
      'schema_validation',
      'database_queries',
      'user_preferences',
    ].map((name) => (ttl(name) ?? 0) / MINUTE)
    expect(minutes).toEqual([60, 15, 30, 120, 5, 1440])
  })

  it('takes a name in any of its spellings', () => {
    const { of: ttl } = createTtlTable({ 'search-results': '7m' })
    expect(['search_results', 'searchResults', 'search-results'].map(ttl)).toEqual([420_000, 420_000, 420_000])
    expect([ttl('user-sessions'), ttl('userSessions')]).toEqual([30 * MINUTE, 30 * MINUTE])
  })

  it('lays what is given over the defaults, and knows no other name', () => {
    const { of: ttl } = createTtlTable({ user_sessions: '10m' })
    expect([ttl('userSessions'), ttl('features'), ttl('unheard-of')]).toEqual([10 * MINUTE, 15 * MINUTE, undefined])
  })

  it('refuses a TTL that is none, and a name that is given twice', () => {
    expect(() => createTtlTable({ features: 0 })).toThrow(ConfigError)
    expect(() => createTtlTable({ features: -1 })).toThrow('ttls.features')
    expect(() => createTtlTable({ user_sessions: '1m', userSessions: '2m' })).toThrow('two spellings')
  })
})

describe('a family without a TTL', () => {
  async function loadsAfter(minutes: number, options: { readonly ttl?: '1h' }, name = 'features') {
    const clock = fakeClock()
    await using cache = createCache({ redis: null, namespace: 'ttls', clock, ttls: { features: '10m' }, ttl: '20m' })
    let loads = 0
    const family = cache.family(name, { load: (id: number) => [id, (loads += 1)], ...options })
    await family.get(1)
    clock.advance(minutes * MINUTE)
    await family.get(1)
    return loads
  }

  it('takes the one of its name', async () => {
    expect([await loadsAfter(9.9, {}), await loadsAfter(10, {})]).toEqual([1, 2])
  })

  it('takes the cache’s when the table has none of its name', async () => {
    expect([await loadsAfter(19.9, {}, 'others'), await loadsAfter(20, {}, 'others')]).toEqual([1, 2])
  })

  it('keeps the one that it states', async () => {
    expect(await loadsAfter(59, { ttl: '1h' })).toBe(1)
  })

  it('takes what an operator lays over it, whatever it states itself, until that is taken back', async () => {
    const clock = fakeClock()
    await using cache = createCache({ redis: null, namespace: 'ttls', clock })
    let loads = 0
    const family = cache.family('features', { load: (id: number) => [id, (loads += 1)], ttl: '1h' })
    const loadsWithin = async (minutes: number): Promise<number> => {
      const before = loads
      await cache.invalidate({ all: true })
      await family.get(1)
      clock.advance(minutes * MINUTE)
      await family.get(1)
      return loads - before
    }
    const rowOf = () => cache.operations.ttls().find(({ name }) => name === 'features')
    expect([await loadsWithin(2), rowOf()]).toEqual([1, { name: 'features', ttlMs: 60 * MINUTE, source: 'family' }])
    cache.operations.setTtl('Features', MINUTE)
    expect([await loadsWithin(2), rowOf()]).toEqual([2, { name: 'features', ttlMs: MINUTE, source: 'runtime' }])
    cache.operations.setTtl('features', undefined)
    expect([await loadsWithin(2), rowOf()?.source]).toEqual([1, 'family'])
    expect(() => cache.operations.setTtl('features', 0)).toThrow(ConfigError)
  })
})
