import { randomBytes } from 'node:crypto'

import { createCache, createSessions, type Sessions } from 'holdfast'

import { CACHE_TTL_SECONDS } from './cache-ttl.ts'
import { readConfiguration } from './configuration.ts'
import type { Holdfast } from './holdfast.ts'
import { checkSecrets, type AppOptions } from './options.ts'
import { startRedis } from './start-redis.ts'
import type { Shutdown } from './shutdown.ts'

/** What the service uses of Holdfast, and what another instance needs to share it. */
export interface StartedHoldfast extends Holdfast {
  /** Where Redis is, without secrets. */
  readonly place: string
  /** Of a Redis that was started here. */
  readonly privateUrl: string | undefined
  /** Keys that were drawn here, as SESSION_KEYS takes them. */
  readonly drawnKeys: string | undefined
}

/** Starts the connection to Redis, the cache and the sessions; undefined where the service runs without. @throws StartError */
export async function startHoldfast(
  options: AppOptions,
  shutdown: Shutdown,
  progress: (line: string) => void,
): Promise<StartedHoldfast | undefined> {
  const configuration = options.cacheMode === 'absent' ? undefined : await readConfiguration(options)
  checkSecrets(options)
  if (!configuration) return undefined
  const started = await startRedis(configuration.redis, shutdown, progress)
  const { redis } = started
  const cache = createCache({ ...configuration.cache, redis, ...(options.cacheMode === 'off' && { enabled: false }) })
  shutdown.add('the cache', () => cache.close())
  const drawnKey = options.sessionKeys === undefined ? randomBytes(32).toString('base64') : undefined
  const keys = options.sessionKeys ?? { drawn: drawnKey ?? '' }
  const sessions: Sessions = createSessions({
    redis,
    namespace: cache.namespace,
    keys: { keys, current: Object.keys(keys)[0] ?? '' },
    idle: `${CACHE_TTL_SECONDS.user_sessions}s`,
    maxPerUser: 10,
    // Five attempts a minute for a name and an address, and a lock of minutes beyond.
    loginLimits: { pair: { attempts: 5, per: '5m' } },
    // Browsers take a cookie that is Secure from plain HTTP on some hosts only; elsewhere than in dev there is TLS.
    cookie: { secure: options.environment !== 'dev' },
  })
  return { ...started, cache, sessions, drawnKeys: drawnKey === undefined ? undefined : `drawn=${drawnKey}` }
}
