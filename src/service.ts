/**
 * Everything of Holdfast for one process, from one configuration: Redis, the cache, what it counts, and the admin API over
 * them. It wires and holds no behaviour of its own; whoever needs something else wires the parts.
 *
 * What is opened here is closed here, in the opposite order.
 */
import { createAdmin, type Admin } from './admin/admin.ts'
import { alertsOf } from './admin/alerts-of.ts'
import { figuresOf } from './admin/figures.ts'
import type { AdminOptions } from './admin/options.ts'
import { createCache, type Cache } from './cache/cache.ts'
import type { Config, Environment } from './config/config.ts'
import { redisOptions } from './config/redis-options.ts'
import { createAlerts, type Alerts, type AlertsOptions } from './insight/alerts.ts'
import { createHealth, type Health } from './insight/health.ts'
import { createMetrics, type Metrics } from './metrics/collector.ts'
import { createSampler, type Sampler } from './metrics/sampler.ts'
import { createRedis } from './redis/create-redis.ts'
import type { Redis } from './redis/redis.ts'
import type { SessionsOptions } from './session/options.ts'
import { createSessions, type Sessions } from './session/sessions.ts'

/** What a configuration does not say. */
export interface ServiceOptions {
  /** Who may use the admin API. */
  readonly authorize: AdminOptions['authorize']
  /** The keys that seal sessions, and what else they take. @default no sessions */
  readonly sessions?: Omit<SessionsOptions, 'redis' | 'namespace'>
  /** Where alerts go, and what else they take: this process watches them and the admin API shows them. @default not watched */
  readonly alerts?: Omit<AlertsOptions, 'metrics' | 'redis' | 'namespace'>
  /** What else the admin API takes: assets, what is hidden, a plan to warm. */
  readonly admin?: Partial<
    Omit<AdminOptions, 'cache' | 'redis' | 'authorize' | 'sessions' | 'figures' | 'alerts' | 'config'>
  >
}

/** All of it, wired. */
export interface Service {
  readonly config: Config
  readonly redis: Redis
  readonly cache: Cache
  readonly sessions: Sessions | undefined
  readonly metrics: Metrics
  readonly sampler: Sampler
  /** What orchestrators and balancers ask. */
  readonly health: Health
  readonly alerts: Alerts | undefined
  readonly admin: Admin
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const COLOURS: Readonly<Record<Environment, string>> = { dev: '#2e7d32', test: '#8a5a00', prod: '#b3261e' }

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) when something cannot work */
export function createService(config: Config, options: ServiceOptions): Service {
  const { namespace, environment, ttls } = config
  const redis = createRedis(redisOptions(config))
  const cache = createCache({ redis, namespace, ...config.cache, ttls: { ...ttls } })
  const sessions =
    options.sessions && createSessions({ idle: ttls.userSessions, ...options.sessions, redis, namespace })
  const metrics = createMetrics({ cache, redis, ...(sessions && { sessions }) })
  const sampler = createSampler({ metrics, cache, redis, sessions: sessions !== undefined })
  const health = createHealth({ cache, redis })
  const alerts =
    options.alerts && createAlerts({ labels: { environment }, ...options.alerts, metrics, redis, namespace })
  const admin = createAdmin({
    environment: { label: environment, color: COLOURS[environment] },
    ...options.admin,
    cache,
    redis,
    config,
    authorize: options.authorize,
    figures: figuresOf(sampler),
    ...(alerts && { alerts: alertsOf(alerts) }),
    ...(sessions && { sessions }),
  })
  const close = async (): Promise<void> => {
    await admin.close()
    alerts?.close()
    sampler.close()
    metrics.close()
    await cache.close()
    await redis.close()
  }
  return {
    config,
    redis,
    cache,
    sessions,
    metrics,
    sampler,
    health,
    alerts,
    admin,
    close,
    [Symbol.asyncDispose]: close,
  }
}
