import { randomBytes } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { createKeyRing } from '../../../src/codec/key-ring.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { diagnose } from '../../../src/session/doctor.ts'
import { resolveSessionsOptions, type SessionsOptions } from '../../../src/session/options.ts'

/** Options only look at the health of it. */
const redisWith = (evictionPolicy: string, state = 'ok'): Redis =>
  ({ health: () => ({ state, problems: ['It is gone'], server: { evictionPolicy } }) }) as unknown as Redis

const keys = createKeyRing({ keys: { a: randomBytes(32) } })
const resolve = (options: Partial<SessionsOptions> = {}) =>
  resolveSessionsOptions({ redis: redisWith('noeviction'), keys, ...options })

describe('the options of sessions', () => {
  it('have defaults that suit a web application', () => {
    expect(resolve()).toMatchObject({
      namespace: 'app',
      idleMs: 1_800_000,
      absoluteMs: 43_200_000,
      touchEveryMs: 60_000,
      maxPerUser: undefined,
      onUnavailable: 'error',
      maxBytes: 65_536,
    })
    expect(resolve({ idle: '30s' }).touchEveryMs).toBe(10_000)
    expect(resolve().ring).toBe(keys)
  })

  it.each<Partial<SessionsOptions>>([
    { idle: '13h' },
    { idle: 0 },
    { absolute: '31d' },
    { touchEvery: '30m' },
    { maxPerUser: 0 },
    { maxPerUser: 1.5 },
    { maxBytes: 10 },
    { onUnavailable: 'ignore' as 'error' },
    { clearSiteData: 'cache\r\nx: y' },
    { trustedOrigins: ['app.example'] },
    { trustedOrigins: ['https://app.example/'] },
    { cookie: { domain: 'app.example' } },
    { keys: { keys: {} } },
    { keys: { keys: { a: 'a passphrase' } } },
  ])('are refused where they cannot work: %j', (options) => {
    expect(() => resolve(options)).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }))
  })
})

describe('the diagnosis', () => {
  it('finds nothing to say about a sound set-up', () => {
    expect(diagnose(resolve())).toEqual({ problems: [], warnings: [] })
    expect(diagnose(resolve({ redis: redisWith('volatile-ttl') })).problems).toEqual([])
  })

  it('finds a Redis that takes sessions away, one that is away, and options that are weak', () => {
    expect(diagnose(resolve({ redis: redisWith('allkeys-lru') })).problems).toEqual([
      expect.stringContaining('maxmemory-policy is allkeys-lru'),
    ])
    expect(diagnose(resolve({ redis: redisWith('noeviction', 'down') })).problems).toEqual(['It is gone'])
    const weak = resolve({ redis: redisWith('noeviction', 'unknown'), absolute: '7d', cookie: { secure: false } })
    expect(diagnose(weak).warnings).toHaveLength(3)
  })
})
