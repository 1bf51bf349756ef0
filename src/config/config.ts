/**
 * The shape of a configuration: as it is resolved ({@link Config}) and as a person writes it ({@link ConfigFile}). What each
 * setting takes and its words of explanation stand in schema.ts, the defaults in profiles.ts.
 */
import type { Duration } from '../base/duration.ts'
import type { RedisAddress } from '../redis/url.ts'
import type { Secret } from './secret.ts'

/** A development machine, a deployed test system, or production. */
export type Environment = 'dev' | 'test' | 'prod'

/** How to reach Redis; `S` is how a secret is held. A URL is resolved into its parts, so there is one form to read. */
export interface RedisSettings<S> {
  /** The path of a Unix socket, which then stands in for host and port. */
  readonly socket: string | null
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username: string | null
  readonly password: S | null
  readonly tls: {
    readonly enabled: boolean
    /** Certificates in PEM that vouch for the server, in place of the system's. */
    readonly ca: string | null
    readonly servername: string | null
    readonly rejectUnauthorized: boolean
  }
  readonly sentinel: {
    readonly enabled: boolean
    readonly serviceName: string | null
    readonly sentinels: readonly RedisAddress[]
    readonly username: string | null
    readonly password: S | null
  }
  readonly cluster: {
    readonly enabled: boolean
    readonly nodes: readonly RedisAddress[]
  }
  readonly maxConnections: number
  readonly connectTimeout: Duration
  /** The upper bound of any command's deadline. */
  readonly commandTimeout: Duration
  /** The deadline of a cache read. */
  readonly readTimeout: Duration
  readonly retryOnTimeout: boolean
}

export interface CacheSettings {
  readonly enabled: boolean
  readonly bound: Duration
  readonly ttl: Duration
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxEntryBytes: number
}

/** How long each kind of data is fresh. */
export interface TtlSettings {
  readonly requirements: Duration
  readonly features: Duration
  readonly userSessions: Duration
  readonly schemaValidation: Duration
  readonly databaseQueries: Duration
  readonly userPreferences: Duration
}

/** All settings but the environment; `S` is how a secret is held. */
export interface Settings<S> {
  readonly namespace: string
  readonly redis: RedisSettings<S>
  readonly cache: CacheSettings
  readonly ttls: TtlSettings
}

/** A configuration, resolved and frozen. Printing it shows no secret. */
export interface Config extends Settings<Secret> {
  readonly environment: Environment
  /** By path (`redis.host`), where the value came from: `env REDIS_URL`, `file holdfast.config.json`, `profile prod default`. */
  readonly sources: Readonly<Record<string, string>>
}

type Written<T> = T extends readonly RedisAddress[]
  ? readonly { readonly host: string; readonly port?: number }[]
  : T extends object
    ? { readonly [K in keyof T]?: Written<T[K]> }
    : T

interface WrittenSettings extends Omit<Written<Settings<string>>, 'redis'> {
  readonly redis?: Written<RedisSettings<string>> & {
    /** Names host, port and database (or a socket, or sentinels) at once. */
    readonly url?: string
  }
}

/** What a configuration file holds. Every setting is optional; `${VAR}` stands in any text. */
export interface ConfigFile extends WrittenSettings {
  /** For editors; not read. */
  readonly $schema?: string
  readonly environment?: Environment
  /** Settings that hold in one environment only, and win over those beside them. */
  readonly environments?: { readonly [E in Environment]?: WrittenSettings }
}
