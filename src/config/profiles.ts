/**
 * What holds where nothing is written: a profile per environment. The password of `test` and `prod` is written as a file
 * would write it, so that its absence is reported in the same way.
 */
import { DEFAULT_TTLS } from '../base/default-ttls.ts'
import type { Environment, Settings } from './config.ts'

const everywhere = {
  namespace: 'holdfast',
  redis: {
    socket: null,
    port: 6379,
    db: 0,
    username: null,
    tls: { enabled: true, ca: null, servername: null, rejectUnauthorized: true },
    sentinel: { enabled: false, serviceName: null, sentinels: [], username: null, password: null },
    cluster: { enabled: false, nodes: [] },
    connectTimeout: '5s',
    commandTimeout: '5s',
    readTimeout: '250ms',
    retryOnTimeout: true,
  },
  cache: {
    enabled: true,
    bound: '2s',
    ttl: '1h',
    maxEntries: 10_000,
    maxBytes: 67_108_864,
    maxEntryBytes: 1_048_576,
  },
  ttls: DEFAULT_TTLS,
} as const

/** The variable that holds the password of Redis in `test` and `prod`. */
export const PASSWORD_VARIABLE = 'REDIS_PASSWORD'

const password = `\${${PASSWORD_VARIABLE}}`

const SENTINELS = [
  { host: 'sentinel1.ttrpg-center.internal', port: 26_379 },
  { host: 'sentinel2.ttrpg-center.internal', port: 26_379 },
  { host: 'sentinel3.ttrpg-center.internal', port: 26_379 },
]

/** The defaults of each environment. */
export const profiles: Readonly<Record<Environment, Settings<string>>> = {
  dev: {
    ...everywhere,
    redis: {
      ...everywhere.redis,
      host: 'localhost',
      password: null,
      tls: { ...everywhere.redis.tls, enabled: false },
      maxConnections: 10,
    },
  },
  test: {
    ...everywhere,
    redis: { ...everywhere.redis, host: 'redis-test.ttrpg-center.internal', password, maxConnections: 20 },
  },
  prod: {
    ...everywhere,
    redis: {
      ...everywhere.redis,
      host: 'redis-prod.ttrpg-center.internal',
      password,
      sentinel: { ...everywhere.redis.sentinel, enabled: true, serviceName: 'mymaster', sentinels: SENTINELS },
      maxConnections: 50,
    },
  },
}
