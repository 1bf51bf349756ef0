import { describe, expect, it } from 'vitest'

import { resolveCacheOptions } from '../../../src/cache/options.ts'

const given = { redis: null, namespace: 'shop' }

describe('the options of a cache', () => {
  it('have defaults that fit together', () => {
    expect(resolveCacheOptions(given)).toMatchObject({
      boundMs: 2000,
      heartbeatMs: 500,
      reads: { ttl: '1h' },
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

  it('bound the loads of every source, and of single ones differently', () => {
    const { limitsOf } = resolveCacheOptions({ ...given, loads: { maxWaiting: 5 }, sources: { slow: { maxLoads: 2 } } })
    expect(limitsOf('any')).toEqual({ maxLoads: 100, maxWaiting: 5 })
    expect(limitsOf('slow')).toEqual({ maxLoads: 2, maxWaiting: 5 })
    expect(() => resolveCacheOptions({ ...given, sources: { slow: { maxLoads: 0 } } })).toThrow(
      /^sources\.slow\.maxLoads must be a whole number above zero/,
    )
  })

  it('are refused at the start when no read could use what they say for all of them', () => {
    const wrong = (more: object) => () => resolveCacheOptions({ ...given, ...more })
    expect(wrong({ grace: -1 })).toThrow(/^grace must be/)
    expect(wrong({ jitter: 1 })).toThrow(/^jitter must be a share of at least 0 and below 1, got 1/)
    expect(wrong({ earlyRefresh: -1 })).toThrow(/^earlyRefresh must be from 0 to 100, got -1/)
    expect(wrong({ timeout: 0 })).toThrow(/^timeout must be longer than zero/)
  })
})
