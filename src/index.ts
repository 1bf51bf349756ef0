export {
  isHoldfastError,
  HoldfastError,
  CircuitOpenError,
  ClosedError,
  ConfigError,
  DecodeError,
  EncodeError,
  ForgedRequestError,
  JournalError,
  KeyError,
  LoadFailedError,
  LoaderTimeoutError,
  LoginRequiredError,
  OverloadedError,
  SessionConflictError,
  SessionError,
  SessionInvalidError,
  SessionUnavailableError,
  RuleError,
  StoreError,
  StoreTimeoutError,
} from './base/errors.ts'
export type { FailureKind, HoldfastErrorCode } from './base/errors.ts'
export type { Clock, Instant } from './base/clock.ts'
export type { Duration } from './base/duration.ts'
export type {
  FillOutcome,
  HoldfastEvent,
  LoadTrigger,
  LogStateReason,
  ReadResult,
  RefreshReason,
  StaleReason,
  TargetKind,
  Tier,
} from './base/events.ts'
export type { Random } from './base/random.ts'
export { createCache } from './cache/cache.ts'
export type { Cache, CacheHealth } from './cache/cache.ts'
export { Cached, cached } from './cache/cached.ts'
export type { CachedFunction, CachedOptions } from './cache/cached.ts'
export type { Explanation, HeldEntry, LayerState } from './cache/explain.ts'
export { costAwareTtl } from './cache/cost-aware-ttl.ts'
export type { CostAwareTtlOptions } from './cache/cost-aware-ttl.ts'
export type { Family, FamilyId, FamilyOptions } from './cache/family.ts'
export type { JsonText } from './cache/content.ts'
export type { JsonAnswer, JsonOptions } from './cache/json-answer.ts'
export type { Operations, StoredValue, SurveyedEntry } from './cache/operations.ts'
export type { LoadLimitOptions } from './cache/load-limit.ts'
export type { LoadMany, LoadManyContext, ManyValues } from './cache/load-many.ts'
export type { PastEvent } from './cache/recent-events.ts'
export type {
  Consistency,
  GetOptions,
  GetOrSetOptions,
  PeekOptions,
  ReadDefaults,
  SetOptions,
} from './cache/read-options.ts'
export type { LoadContext, Loader } from './cache/run-loader.ts'
export type { CacheStats } from './cache/stats.ts'
export type { Staleness } from './cache/staleness.ts'
export type { LoadCost, TtlPolicy } from './cache/ttl.ts'
export type { CacheOptions, SweepOptions } from './cache/options.ts'
export type { CacheVerbs } from './cache/verbs.ts'
export type { TtlRow, Ttls } from './cache/ttl-table.ts'
export type { RuleShape, RuleTargets } from './cache/rule-shape.ts'
export type { Heat } from './cache/heat-sketch.ts'
export { createHotKeys } from './cache/hot-keys.ts'
export type { HotKeys, HotKeysOptions } from './cache/hot-keys.ts'
export { createRules } from './cache/rules.ts'
export type { InvalidationRules, Rules, RulesOptions, Stale } from './cache/rules.ts'
export type { SetResult } from './cache/set.ts'
export type { WarmEntry, WarmFailure, WarmOptions, WarmProgress, WarmResult, WarmStep } from './cache/warm.ts'
export { createKeyRing } from './codec/key-ring.ts'
export type { KeyRing, KeyRingOptions, Subkey } from './codec/key-ring.ts'
export { alertRules } from './insight/alert-rules.ts'
export type { AlertRule } from './insight/alert-rules.ts'
export { createAlerts } from './insight/alerts.ts'
export type { Alerts, AlertsOptions, AlertView } from './insight/alerts.ts'
export type { AlertState } from './insight/alert-state.ts'
export type { Condition, Expression, Selector } from './insight/expression.ts'
export { createHealth } from './insight/health.ts'
export type { Health, HealthOptions, HealthReport } from './insight/health.ts'
export { alertmanagerSink, webhookSink } from './insight/http-sinks.ts'
export type { HttpSinkOptions, WebhookOptions } from './insight/http-sinks.ts'
export type { Notification, NotifiedAlert } from './insight/notification.ts'
export { ruleFile } from './insight/rule-file.ts'
export type { RuleFileOptions } from './insight/rule-file.ts'
export type { Silence } from './insight/silences.ts'
export { callbackSink, logSink } from './insight/sink.ts'
export type { AlertSink } from './insight/sink.ts'
export type { InvalidationTargets } from './keys/target.ts'
export type { InvalidationNote, InvalidationResult } from './log/appender.ts'
export type { PastInvalidation } from './log/history.ts'
export type { LogInspection, Verdict } from './log/log.ts'
export type { Objection } from './log/marks.ts'
export type { HeldLease, PeekedLease } from './store/redis-store.ts'
export type { Target, ResolvedTargets } from './keys/target.ts'
export type { CodecOptions, CompressOptions } from './codec/options.ts'
export type { Stamp } from './codec/header.ts'
export type { Acknowledge } from './log/replication.ts'
export { createMetrics } from './metrics/collector.ts'
export type { Metrics, MetricsOptions } from './metrics/collector.ts'
export type { HistoryRange } from './metrics/history.ts'
export type { Instrument } from './metrics/catalogue.ts'
export type { Labels, Sample } from './metrics/sample.ts'
export { createSampler } from './metrics/sampler.ts'
export type { Point, Sampler, SamplerOptions } from './metrics/sampler.ts'
export type { FamilySnapshot, Latency, ReadTotals, Snapshot } from './metrics/snapshot.ts'
export { createRedis } from './redis/create-redis.ts'
export type { BreakerStateName, RedisEvent, RedisHealth } from './redis/events.ts'
export type { BoundState } from './redis/fence.ts'
export type { ServerInfo } from './redis/info.ts'
export type { RedisOptions, TlsOptions } from './redis/options.ts'
export type { PoolCounts } from './redis/pool.ts'
export type {
  Argument,
  HashPage,
  KeyPage,
  Redis,
  RedisCommands,
  Reply,
  Script,
  StreamEntry,
  StreamReader,
  Subscriber,
} from './redis/redis.ts'
export type { ServerView, SlowCommand, Topology } from './redis/server-view.ts'
export { clientAddress } from './session/client-address.ts'
export type { AddressSource } from './session/client-address.ts'
export type { CookieOptions } from './session/cookie.ts'
export type { RequestOrigin } from './session/csrf.ts'
export type { SessionData } from './session/document.ts'
export type { Diagnosis } from './session/doctor.ts'
export type { EndReason, RefusedCookie, SessionCounts, SessionEvent } from './session/events.ts'
export type { AttemptVerdict, LoginAttempt, LoginLimiter } from './session/login-limiter.ts'
export type { AttemptLimit, LimitName, LoginLimits } from './session/login-limits.ts'
export type { SessionsOptions } from './session/options.ts'
export type { SessionRecord, SessionRecords } from './session/records.ts'
export type { Committed, LoginOptions, LogoutOptions, OwnDevice, Session } from './session/session.ts'
export { createSessions } from './session/sessions.ts'
export type { Sessions } from './session/sessions.ts'
export type { Device, RevokeOptions } from './session/user-sessions.ts'
