import { describe, expect, it } from 'vitest'

import { positiveMs, resolveCacheOptions } from '../../../src/cache/options.ts'

const given = { redis: null, namespace: 'shop' }

describe('the options of a cache', () => {
  it('have defaults that fit together', () => {
    expect(resolveCacheOptions(given)).toMatchObject({
      boundMs: 2000,
      heartbeatMs: 500,
      ttlMs: 3_600_000,
      freeze: true,
    })
    expect(resolveCacheOptions({ ...given, bound: '400ms' })).toMatchObject({ boundMs: 400, heartbeatMs: 100 })
  })

  it('are refused with the option’s name when they cannot work', () => {
    expect(() => resolveCacheOptions({ ...given, bound: 50 })).toThrow(/^bound must be at least 100 ms/)
    expect(() => resolveCacheOptions({ ...given, heartbeat: '2s' })).toThrow(
      /^heartbeat must be above zero and at most half the bound/,
    )
    expect(() => resolveCacheOptions({ ...given, heartbeat: 0 })).toThrow(/^heartbeat/)
    expect(() => resolveCacheOptions({ ...given, maxEntries: 0 })).toThrow(/^maxEntries/)
    expect(() => resolveCacheOptions({ ...given, maxBytes: 1.5 })).toThrow(/^maxBytes/)
    expect(() => resolveCacheOptions({ ...given, ttl: 0 })).toThrow(/^ttl must be longer than zero/)
    expect(() => resolveCacheOptions({ ...given, namespace: 'a b' })).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_KEY' }),
    )
  })

  it('take a TTL only when it is longer than zero', () => {
    expect(positiveMs('15m', 'ttl')).toBe(900_000)
    expect(() => positiveMs(0, 'ttl')).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }))
  })
})
