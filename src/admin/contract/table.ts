/** The route table of the admin API. Paths are relative to wherever it is mounted. */
import * as v from 'valibot'

import { count, environment, line, name, names, reason } from './fields.ts'
import type { RouteShape } from './route.ts'

const MINUTES_PER_WEEK = 7 * 24 * 60
const YEAR_MS = 365 * 24 * 3_600_000

const note = { reason: reason(), environment: v.exactOptional(environment()) }

const keysQuery = v.strictObject({
  pattern: v.exactOptional(name()),
  family: v.exactOptional(name()),
  cursor: v.exactOptional(line(200)),
  limit: v.exactOptional(count(1, 500)),
  sort: v.exactOptional(v.picklist(['key', 'bytes', 'expires', 'heat'])),
  order: v.exactOptional(v.picklist(['asc', 'desc'])),
  state: v.exactOptional(v.picklist(['current', 'expired', 'invalidated', 'unverified', 'unreadable'])),
})

const auditQuery = v.strictObject({
  before: v.exactOptional(line(64)),
  limit: v.exactOptional(count(1, 200)),
  search: v.exactOptional(line(200)),
  action: v.exactOptional(line(40)),
  user: v.exactOptional(line(256)),
  result: v.exactOptional(v.picklist(['done', 'queued', 'refused', 'failed'])),
  fromMs: v.exactOptional(count(0, 9e14)),
  toMs: v.exactOptional(count(0, 9e14)),
})

const invalidateBody = v.strictObject({
  keys: v.exactOptional(names()),
  tags: v.exactOptional(names()),
  pattern: v.exactOptional(name()),
  prefix: v.exactOptional(name()),
  family: v.exactOptional(name()),
  all: v.exactOptional(v.literal(true)),
  dryRun: v.boolean(),
  reason: v.exactOptional(reason()),
  confirmToken: v.exactOptional(line(200)),
  typed: v.exactOptional(line(200)),
  environment: v.exactOptional(environment()),
})

const user = v.pipe(v.string(), v.minLength(1), v.maxLength(256))

export type RouteName =
  | 'me'
  | 'overview'
  | 'history'
  | 'activity'
  | 'families'
  | 'family'
  | 'keys'
  | 'key'
  | 'invalidate'
  | 'warmStatus'
  | 'warm'
  | 'switchStatus'
  | 'switch'
  | 'ttls'
  | 'setTtl'
  | 'sessions'
  | 'userSessions'
  | 'revokeSession'
  | 'revokeUser'
  | 'connections'
  | 'redis'
  | 'alerts'
  | 'silence'
  | 'unsilence'
  | 'doctor'
  | 'audit'
  | 'config'
  | 'export'
  | 'events'
  | 'metrics'
  | 'page'

export const ROUTES: Readonly<Record<RouteName, RouteShape>> = {
  me: {
    method: 'GET',
    path: '/api/me',
    access: 'anyone-authenticated',
    summary: 'Who one is here, and what one may do.',
    answers: 'Me',
  },
  overview: {
    method: 'GET',
    path: '/api/overview',
    access: 'view',
    summary: 'The state of the cache on one page.',
    answers: 'Overview',
  },
  history: {
    method: 'GET',
    path: '/api/history',
    access: 'view',
    summary: 'Points for the charts.',
    query: v.strictObject({ range: v.exactOptional(v.picklist(['5m', '1h', '24h'])) }),
    answers: 'History',
  },
  activity: {
    method: 'GET',
    path: '/api/activity',
    access: 'view',
    summary: 'What happened lately, newest first.',
    answers: 'ActivityList',
  },
  families: {
    method: 'GET',
    path: '/api/families',
    access: 'view',
    summary: 'The families and how each does.',
    answers: 'FamilyList',
  },
  family: {
    method: 'GET',
    path: '/api/families/:name',
    access: 'view',
    summary: 'One family.',
    answers: 'FamilyDetail',
  },
  keys: {
    method: 'GET',
    path: '/api/keys',
    access: 'list-keys',
    hiddenBy: 'keys',
    summary: 'A page of keys in Redis, found by SCAN within a budget.',
    query: keysQuery,
    answers: 'KeyPageBody',
  },
  key: {
    method: 'GET',
    path: '/api/keys/:key',
    access: 'list-keys',
    hiddenBy: 'keys',
    summary: 'What every layer holds of a key, and why a read would or would not be served it.',
    answers: 'KeyDetail',
  },
  invalidate: {
    method: 'POST',
    path: '/api/invalidate',
    access: 'invalidate',
    audited: 'invalidate',
    summary: 'Counts what targets reach, or invalidates them by the token of that count.',
    body: invalidateBody,
    answers: 'InvalidateResponse',
  },
  warmStatus: {
    method: 'GET',
    path: '/api/warm',
    access: 'view',
    summary: 'How the warm-up goes, and which steps there are.',
    answers: 'WarmStatus',
  },
  warm: {
    method: 'POST',
    path: '/api/warm',
    access: 'warm',
    audited: 'warm',
    summary: 'Begins a warm-up, unless one is running.',
    body: v.strictObject({
      steps: v.exactOptional(names()),
      reason: v.exactOptional(reason()),
      environment: v.exactOptional(environment()),
    }),
    answers: 'WarmStatus',
    status: 202,
  },
  switchStatus: {
    method: 'GET',
    path: '/api/switch',
    access: 'view',
    summary: 'Whether the fleet caches.',
    answers: 'SwitchStatus',
  },
  switch: {
    method: 'POST',
    path: '/api/switch',
    access: 'switch',
    audited: 'switch',
    summary: 'Switches caching on or off in the whole fleet.',
    body: v.strictObject({ enabled: v.boolean(), ...note }),
    answers: 'SwitchStatus',
  },
  ttls: {
    method: 'GET',
    path: '/api/ttls',
    access: 'view',
    summary: 'How long each kind of data is fresh.',
    answers: 'TtlPolicy',
  },
  setTtl: {
    method: 'PUT',
    path: '/api/ttls/:name',
    access: 'change-ttls',
    audited: 'change-ttl',
    summary: 'Changes how long new entries of a name are fresh, or takes the change back.',
    body: v.strictObject({
      ttlMs: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1000), v.maxValue(YEAR_MS))),
      ...note,
    }),
    answers: 'TtlPolicy',
  },
  sessions: {
    method: 'GET',
    path: '/api/sessions',
    access: 'list-sessions',
    hiddenBy: 'sessions',
    summary: 'How many sessions live, what happened to them, and what puts them at risk.',
    answers: 'SessionsSummary',
  },
  userSessions: {
    method: 'GET',
    path: '/api/sessions/users/:user',
    access: 'list-sessions',
    hiddenBy: 'sessions',
    summary: 'The sessions of a user, by their handles; never what they hold.',
    answers: 'UserSessionsBody',
  },
  revokeSession: {
    method: 'POST',
    path: '/api/sessions/revoke',
    access: 'revoke-sessions',
    hiddenBy: 'sessions',
    audited: 'revoke-session',
    summary: 'Ends one session of a user.',
    body: v.strictObject({ user, handle: v.pipe(line(64), v.minLength(1)), ...note }),
    answers: 'RevokeResponse',
  },
  revokeUser: {
    method: 'POST',
    path: '/api/sessions/revoke-user',
    access: 'revoke-sessions',
    hiddenBy: 'sessions',
    audited: 'revoke-user',
    summary: 'Ends all sessions of a user.',
    body: v.strictObject({ user, ...note }),
    answers: 'RevokeResponse',
  },
  connections: {
    method: 'GET',
    path: '/api/connections',
    access: 'view',
    summary: 'The pool, the topology, the breaker, and which connections came and went.',
    answers: 'ConnectionsBody',
  },
  redis: {
    method: 'GET',
    path: '/api/redis',
    access: 'view',
    summary: 'What Redis says of itself: memory, evictions, policy, slow commands.',
    answers: 'RedisBody',
  },
  alerts: {
    method: 'GET',
    path: '/api/alerts',
    access: 'view',
    summary: 'Alerts, their history and silences.',
    answers: 'AlertList',
  },
  silence: {
    method: 'POST',
    path: '/api/silences',
    access: 'silence',
    audited: 'silence',
    summary: 'Keeps an alert quiet for a while.',
    body: v.strictObject({
      alert: v.pipe(line(100), v.minLength(1)),
      minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MINUTES_PER_WEEK)),
      ...note,
    }),
    answers: 'SilenceResponse',
  },
  unsilence: {
    method: 'DELETE',
    path: '/api/silences/:id',
    access: 'silence',
    audited: 'unsilence',
    summary: 'Takes a silence back.',
    answers: 'SilenceResponse',
  },
  doctor: {
    method: 'GET',
    path: '/api/doctor',
    access: 'view',
    summary: 'What the doctor found wrong, and how to mend it.',
    answers: 'DoctorReport',
  },
  audit: {
    method: 'GET',
    path: '/api/audit',
    access: 'read-audit',
    hiddenBy: 'audit',
    summary: 'Who did what, also what was refused; newest first.',
    query: auditQuery,
    answers: 'AuditPage',
  },
  config: {
    method: 'GET',
    path: '/api/config',
    access: 'read-config',
    hiddenBy: 'config',
    summary: 'Every setting and where its value came from; secrets are masked.',
    answers: 'ConfigBody',
  },
  export: {
    method: 'GET',
    path: '/api/export',
    access: 'view',
    summary: 'All figures, as a file.',
    answers: 'ExportBody',
  },
  events: {
    method: 'GET',
    path: '/events',
    access: 'view',
    summary: 'Server-sent events: a sample each second, and what happens.',
    answers: 'LiveEvents',
    contentType: 'text/event-stream',
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    access: 'metrics',
    summary: 'Figures in the text format of Prometheus.',
    answers: 'Text',
    contentType: 'text/plain',
  },
  page: {
    method: 'GET',
    path: '/',
    access: 'page',
    summary: 'The dashboard: its page and its files.',
    answers: 'Text',
    contentType: 'text/html',
  },
}
