export {
  isHoldfastError,
  HoldfastError,
  CircuitOpenError,
  ClosedError,
  ConfigError,
  DecodeError,
  EncodeError,
  KeyError,
  LoadFailedError,
  LoaderTimeoutError,
  StoreError,
  StoreTimeoutError,
} from './base/errors.ts'
export type { FailureKind, HoldfastErrorCode } from './base/errors.ts'
export type { Clock, Instant } from './base/clock.ts'
export type { Duration } from './base/duration.ts'
export type { FillOutcome, HoldfastEvent, LogStateReason, ReadResult, TargetKind, Tier } from './base/events.ts'
export type { Random } from './base/random.ts'
export { createCache } from './cache/cache.ts'
export type { Cache, CacheHealth } from './cache/cache.ts'
export { Cached, cached } from './cache/cached.ts'
export type { CachedFunction, CachedOptions } from './cache/cached.ts'
export type { Family, FamilyId, FamilyOptions } from './cache/family.ts'
export type { Consistency } from './cache/load.ts'
export type { LoadContext, Loader } from './cache/run-loader.ts'
export type { CacheOptions } from './cache/options.ts'
export type { SetResult } from './cache/set.ts'
export type { CacheVerbs, GetOptions, GetOrSetOptions, SetOptions } from './cache/verbs.ts'
export { createKeyRing } from './codec/key-ring.ts'
export type { KeyRing, KeyRingOptions, Subkey } from './codec/key-ring.ts'
export type { InvalidationTargets } from './keys/target.ts'
export type { InvalidationNote, InvalidationResult } from './log/appender.ts'
export { createRedis } from './redis/create-redis.ts'
export type { BreakerStateName, RedisEvent, RedisHealth } from './redis/events.ts'
export type { ServerInfo } from './redis/info.ts'
export type { RedisOptions, TlsOptions } from './redis/options.ts'
export type { PoolCounts } from './redis/pool.ts'
export type {
  Argument,
  HashPage,
  Redis,
  RedisCommands,
  Reply,
  Script,
  StreamEntry,
  StreamReader,
  Subscriber,
} from './redis/redis.ts'
