import { describe, expect, it } from 'vitest'

import { writtenLayer } from '../../../src/config/layers.ts'
import { resolvedLeaves } from '../../../src/config/leaves.ts'
import { profiles } from '../../../src/config/profiles.ts'

describe('the profiles (TR-404.1)', () => {
  it('give every setting but the environment, in each environment', () => {
    const paths = resolvedLeaves.map(({ path }) => path).filter((path) => path !== 'environment')
    for (const profile of Object.values(profiles)) expect([...writtenLayer(profile, '').keys()]).toEqual(paths)
  })

  it('reach the development machine’s Redis without TLS or a password', () => {
    expect(profiles.dev.redis).toMatchObject({
      host: 'localhost',
      port: 6379,
      db: 0,
      password: null,
      tls: { enabled: false },
      maxConnections: 10,
      commandTimeout: '5s',
      connectTimeout: '5s',
      retryOnTimeout: true,
    })
  })

  it('reach the test system over TLS, with the password that a variable holds', () => {
    expect(profiles.test.redis).toMatchObject({
      host: 'redis-test.ttrpg-center.internal',
      password: '${REDIS_PASSWORD}',
      tls: { enabled: true, rejectUnauthorized: true },
      sentinel: { enabled: false },
      maxConnections: 20,
    })
  })

  it('reach production by its three sentinels, over TLS', () => {
    expect(profiles.prod.redis).toMatchObject({
      host: 'redis-prod.ttrpg-center.internal',
      password: '${REDIS_PASSWORD}',
      tls: { enabled: true, rejectUnauthorized: true },
      maxConnections: 50,
      sentinel: {
        enabled: true,
        serviceName: 'mymaster',
        sentinels: [1, 2, 3].map((n) => ({ host: `sentinel${n}.ttrpg-center.internal`, port: 26_379 })),
      },
    })
  })

  it.each(['dev', 'test', 'prod'] as const)('keep each kind of data as long as it may be kept in %s', (environment) => {
    expect(profiles[environment].ttls).toEqual({
      requirements: '1h',
      features: '15m',
      userSessions: '30m',
      schemaValidation: '2h',
      databaseQueries: '5m',
      userPreferences: '24h',
    })
  })
})
