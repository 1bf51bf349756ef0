/**
 * The admin API: shows how the cache does, and changes what an operator must be able to change. A request goes in and a
 * response comes out, as the web platform knows them; adapters mount it in a framework. Everything it serves stands in one
 * table of routes (contract/table.ts).
 */
import { createAuditStream } from './audit/stream.ts'
import { createAuditTrail } from './audit/trail.ts'
import { readAssets } from './assets.ts'
import { createConfirmations } from './confirm.ts'
import { createConnectionLog } from './connection-log.ts'
import type { RouteName } from './contract/table.ts'
import type { Handler } from './deps.ts'
import { handle, type HandleDeps } from './handle.ts'
import * as control from './handlers/control.ts'
import { invalidate } from './handlers/invalidate.ts'
import * as keys from './handlers/keys.ts'
import * as look from './handlers/look.ts'
import * as servers from './handlers/servers.ts'
import * as sessions from './handlers/sessions.ts'
import * as watch from './handlers/watch.ts'
import { createLimiter } from './limits.ts'
import { createActivities } from './live/activities.ts'
import { createLiveHub } from './live/hub.ts'
import { resolveAdminOptions, type AdminOptions, type RequestContext } from './options.ts'
import { overviewOf } from './overview.ts'
import { createSessionsCount } from './sessions-count.ts'
import { followSwitch } from './switch-news.ts'
import { createTtlControl } from './ttl-control.ts'
import { createWarmRunner } from './warm-runner.ts'

/** Rows of the audit trail a minute for those who are not logged in, of whom anybody may be one. */
const STRANGERS_PER_MINUTE = 10

/** The admin API, ready to be mounted. */
export interface Admin {
  /**
   * Answers a request. Never rejects.
   *
   * @param context what the request cannot say of itself; an adapter knows it
   */
  fetch(request: Request, context?: RequestContext): Promise<Response>
  /** Streams that are open now. */
  readonly streams: number
  /** Ends the streams, and writes what waits of the audit trail if it can. Leaves cache and Redis open. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const HANDLERS: Readonly<Record<Exclude<RouteName, 'page'>, Handler>> = {
  me: look.me,
  overview: look.overview,
  history: look.history,
  activity: look.activity,
  families: look.families,
  family: look.family,
  config: look.config,
  export: look.exported,
  events: look.events,
  metrics: look.metrics,
  keys: keys.keys,
  key: keys.key,
  invalidate,
  warmStatus: control.warmStatus,
  warm: control.warm,
  switchStatus: control.switchStatus,
  switch: control.switchTo,
  ttls: control.ttls,
  setTtl: control.setTtl,
  sessions: sessions.sessions,
  userSessions: sessions.userSessions,
  revokeSession: sessions.revokeSession,
  revokeUser: sessions.revokeUser,
  connections: servers.connections,
  redis: servers.redis,
  alerts: watch.alerts,
  silence: watch.silence,
  unsilence: watch.unsilence,
  doctor: watch.doctor,
  audit: watch.audit,
}

/**
 * Makes the admin API of a cache.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when an option cannot work, above all when `authorize` is missing
 */
export function createAdmin(adminOptions: AdminOptions): Admin {
  const options = resolveAdminOptions(adminOptions)
  const { cache, redis, clock, onError, onAudit, auditRows, warmPlan, figures, alerts } = options
  const activities = createActivities(clock)
  const connectionLog = createConnectionLog(clock)
  const stream = redis ? createAuditStream(redis, cache.namespace, auditRows) : undefined
  const hub = createLiveHub({
    clock,
    everyMs: options.sampleEveryMs,
    activities,
    sample: () => ({ overview: overviewOf(deps), point: figures?.latest() }),
    onError,
  })
  const deps: HandleDeps = {
    options,
    clock,
    startedAtMs: clock.wallMs(),
    activities,
    connectionLog,
    hub,
    assets: readAssets(options.assets),
    audit: createAuditTrail({ clock, stream, onAudit, onError }),
    confirmations: createConfirmations(redis, cache.namespace, clock),
    ttls: createTtlControl({ cache, redis, clock, onError }),
    warming: createWarmRunner({
      cache,
      clock,
      stepNames: () => warmPlan?.().map(({ name }) => name) ?? [],
      tell: (status) => hub.warm(status),
      onError,
    }),
    sessionsCount: createSessionsCount(clock, options.sessions, onError),
    switchNews: followSwitch(cache),
    handlers: { ...HANDLERS, page: ({ assets }, { params, raw }) => assets.serve(params['file'] ?? '', raw) },
    changes: createLimiter(clock, options.changesPerMinute),
    strangers: createLimiter(clock, STRANGERS_PER_MINUTE),
  }
  const stops = [
    cache.on((event) => activities.ofCache(event)),
    redis?.on((event) => {
      activities.ofRedis(event)
      connectionLog.note(event)
    }),
    alerts?.on?.((change) => activities.add({ kind: 'alert', ...change })),
    () => deps.switchNews.close(),
  ]
  let closing: Promise<void> | undefined
  const end = async (): Promise<void> => {
    for (const stop of stops) stop?.()
    hub.close()
    deps.ttls.close()
    await deps.warming.close()
    await deps.audit.close()
  }
  const close = (): Promise<void> => (closing ??= end())
  return {
    fetch: (request, context = {}) => handle(deps, request, context),
    get streams() {
      return hub.streams
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
