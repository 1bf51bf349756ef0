import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'

/** What a person writes to reach a Redis. */
export interface RedisOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string
  /**
   * How long a command may take before it counts as failed.
   * @default '250ms'
   */
  readonly deadline?: Duration
  /**
   * How long connecting may take.
   * @default '5s'
   */
  readonly connectTimeout?: Duration
}

export interface ResolvedRedisOptions {
  readonly url: string
  readonly address: string
  readonly deadlineMs: number
  readonly connectTimeoutMs: number
}

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) when the URL or a duration cannot work */
export function resolveRedisOptions({
  url,
  deadline = '250ms',
  connectTimeout = '5s',
}: RedisOptions): ResolvedRedisOptions {
  return {
    url,
    address: addressOf(url),
    deadlineMs: toMs(deadline, 'deadline'),
    connectTimeoutMs: toMs(connectTimeout, 'connectTimeout'),
  }
}

function addressOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  // The text itself may hold a password, so the error does not repeat it.
  if (!parsed)
    throw new ConfigError(
      'The Redis URL cannot be read; it should look like redis://host:6379 or rediss://user:password@host:6379/0',
    )
  if (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') {
    throw new ConfigError(`The Redis URL begins with ${parsed.protocol}//, but should begin with redis:// or rediss://`)
  }
  if (!/^\/?\d*$/.test(parsed.pathname)) {
    throw new ConfigError(
      `The Redis URL ends with ${parsed.pathname}, but only a database number may follow the host, such as /0`,
    )
  }
  return `${parsed.protocol}//${parsed.hostname}:${parsed.port || '6379'}${parsed.pathname === '/' ? '' : parsed.pathname}`
}
