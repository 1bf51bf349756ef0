import { describe, expect, it } from 'vitest'

import { systemClock } from '../../../src/base/clock.ts'
import { systemRandom } from '../../../src/base/random.ts'
import { resolveCacheOptions } from '../../../src/cache/options.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { modelFleet } from '../../simulation/redis/model-fleet.ts'

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

  it('leave nothing open: each that is not given has a value', () => {
    const { limitsOf, codec, clock, random, ...resolved } = resolveCacheOptions(given)
    expect(resolved).toEqual({
      enabled: true,
      redis: null,
      namespace: 'shop',
      boundMs: 2000,
      heartbeatMs: 500,
      reads: { ttl: '1h' },
      maxEntries: 10_000,
      maxBytes: 67_108_864,
      maxEntryBytes: 1_048_576,
      freeze: true,
      leaseMs: 2000,
      acknowledge: 'primary',
      journal: undefined,
      sweep: { afterMs: 5000, everyMs: 300_000, pauseMs: 5, keysPerPage: 200 },
    })
    expect(limitsOf('any')).toEqual({ maxLoads: 100, maxWaiting: 10_000 })
    expect(codec.maxTextBytes).toBeGreaterThan(1_048_576)
    expect([clock, random]).toEqual([systemClock, systemRandom])
  })

  it('are taken as they are given', () => {
    const [clock, random] = [fakeClock(), { id: () => 'id', fraction: () => 0 }]
    const options = {
      enabled: false,
      bound: '1s',
      heartbeat: '500ms',
      maxEntries: 1,
      maxBytes: 2,
      maxEntryBytes: 3,
      freeze: false,
      lease: '100ms',
      acknowledge: { replicas: 2 },
      sweep: { after: '1s', every: '2s', pause: 0, keysPerPage: 1 },
    } as const
    const resolved = resolveCacheOptions({ ...given, ...options, clock, random })
    expect(resolved).toMatchObject({
      enabled: false,
      boundMs: 1000,
      heartbeatMs: 500,
      maxEntries: 1,
      maxBytes: 2,
      maxEntryBytes: 3,
      freeze: false,
      leaseMs: 100,
      acknowledge: { replicas: 2 },
      sweep: { afterMs: 1000, everyMs: 2000, pauseMs: 0, keysPerPage: 1 },
    })
    expect([resolved.clock, resolved.random]).toEqual([clock, random])
    expect(resolveCacheOptions({ ...given, lease: false, sweep: false })).toMatchObject({
      leaseMs: undefined,
      sweep: undefined,
    })
    expect(resolveCacheOptions({ ...given, bound: 100 }).boundMs).toBe(100)
    expect(resolveCacheOptions({ ...given, acknowledge: 'replicated' }).acknowledge).toBe('replicated')
  })

  it('say of all reads only what was given', () => {
    const reads = {
      ttl: '1m',
      grace: '2m',
      staleIfError: '3m',
      timeout: '4s',
      softTimeout: '5ms',
      errorTtl: '6s',
      earlyRefresh: 7,
      jitter: 0.5,
    } as const
    expect(resolveCacheOptions({ ...given, ...reads }).reads).toEqual(reads)
    for (const [name, value] of Object.entries(reads)) {
      expect(resolveCacheOptions({ ...given, [name]: value }).reads).toEqual({ ttl: '1h', [name]: value })
    }
  })

  it.each([
    ['bound', 99, 'bound must be at least 100 ms, or ordinary delays would make every read ask Redis, got 99 ms'],
    ['heartbeat', 1001, 'heartbeat must be above zero and at most half the bound (1000 ms), got 1001 ms'],
    ['lease', 99, 'lease must be at least 100 ms, or false, got 99 ms: it is renewed three times in its life'],
    ['acknowledge', 'all', `acknowledge must be 'primary', 'replicated' or { replicas }, got "all"`],
    ['acknowledge', { replicas: 0 }, 'acknowledge.replicas must be a whole number above zero, got 0'],
    ['journal', 'queued', 'journal is for invalidations that Redis has not acknowledged: redis is null'],
    ['maxEntries', 1.5, 'maxEntries must be a whole number above zero, got 1.5'],
    ['maxEntryBytes', 0, 'maxEntryBytes must be a whole number above zero, got 0'],
    ['loads', { maxLoads: 0 }, 'loads.maxLoads must be a whole number above zero, got 0'],
    ['loads', { maxWaiting: 0 }, 'loads.maxWaiting must be a whole number above zero, got 0'],
    ['sweep', { after: 0 }, 'sweep.after must be longer than zero'],
    ['sweep', { every: 0 }, 'sweep.every must be longer than zero'],
    ['sweep', { keysPerPage: 0 }, 'sweep.keysPerPage must be a whole number above zero, got 0'],
  ])('refuse %s of %j in words', (name, value, words) => {
    expect(() => resolveCacheOptions({ ...given, [name]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG', message: expect.stringContaining(words) }),
    )
  })

  it('take a journal where there is a Redis, and no empty path', () => {
    const { redis } = modelFleet()
    expect(resolveCacheOptions({ ...given, redis, journal: '/var/queued' }).journal).toBe('/var/queued')
    expect(() => resolveCacheOptions({ ...given, redis, journal: '' })).toThrow(
      'journal is empty: give the path of a file',
    )
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
