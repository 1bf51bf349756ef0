import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'
import { systemRandom, type Random } from '../base/random.ts'
import type { Cache } from '../cache/cache.ts'
import type { HotKeys } from '../cache/hot-keys.ts'
import type { WarmStep } from '../cache/warm.ts'
import type { Config } from '../config/config.ts'
import type { Redis } from '../redis/redis.ts'
import type { Sessions } from '../session/sessions.ts'
import type { AuditRow } from './contract/audit.ts'
import type { Caller, EnvironmentLabel, Hidden } from './contract/access.ts'
import type { AlertsSource, FiguresSource } from './sources.ts'

/** What is known of a request besides itself. */
export interface RequestContext {
  /** The other end of the connection. Without it nobody is local. */
  readonly remoteAddress?: string | undefined
  /** The path of the mount, where whoever mounts it knows; else the end of the path decides. */
  readonly basePath?: string | undefined
}

/** Says who asks; null when nobody is logged in. What it throws is answered with 500, and nothing is shown. */
export type Authorize = (request: Request, context: RequestContext) => Promise<Caller | null> | Caller | null

/** What a person writes to make the admin API. */
export interface AdminOptions {
  readonly cache: Cache
  /** The cache's; null for a cache in this process only. */
  readonly redis: Redis | null
  /**
   * Who may come in. `'loopback'`: whoever asks from this very machine, without a proxy between, is an admin; for
   * development. There is no default: an admin API that is open by oversight is worse than one that does not start.
   */
  readonly authorize: Authorize | 'loopback'
  readonly environment: EnvironmentLabel
  readonly sessions?: Sessions
  readonly figures?: FiguresSource
  readonly alerts?: AlertsSource
  readonly hotKeys?: HotKeys
  /** The configuration, to be shown masked. */
  readonly config?: Config
  /** What POST api/warm warms: named steps, made anew for each warm-up. */
  readonly warmPlan?: () => readonly WarmStep[]
  /** Where the dashboard's files are: a folder with an index.html. @default none: the API alone */
  readonly assets?: string
  /** The path of the mount, such as `/ops/cache`. @default 'auto': any, also behind a proxy that changes it */
  readonly basePath?: string
  /** Refuses every change, whoever asks. @default false */
  readonly readOnly?: boolean
  /** What nobody may see here. @default ['values'] */
  readonly hide?: readonly Hidden[]
  /** The token with which /metrics is read from elsewhere: `Authorization: Bearer …`. 16 characters at least. */
  readonly metricsToken?: string
  /** What a 401 asks for, such as `Basic realm="cache"`. @default none */
  readonly challenge?: string
  /** Addresses or networks of the own proxies, whose X-Forwarded-For is believed in the audit trail. @default none */
  readonly trustedProxies?: readonly string[]
  /** Changes by one person in a minute, refused ones too. @default 60 */
  readonly changesPerMinute?: number
  /** Rows that the audit trail keeps, about. @default 10_000 */
  readonly auditRows?: number
  /** Told of each row of the audit trail, at once; what it throws is told as an error. */
  readonly onAudit?: (row: AuditRow) => void
  /** Told of what went wrong behind the API and was answered with 500, or could not be told to anybody. */
  readonly onError?: (error: unknown) => void
  /** How often open dashboards are sent a sample. At least 250 ms. @default '1s' */
  readonly sampleEvery?: Duration
  /** NODE_ENV and what else the doctor looks at. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Time, for tests. @default the machine's */
  readonly clock?: Clock
  /** Randomness, for tests. @default the machine's */
  readonly random?: Random
}

export type ResolvedAdminOptions = Omit<AdminOptions, 'sampleEvery'> &
  Required<
    Pick<
      AdminOptions,
      | 'readOnly'
      | 'hide'
      | 'trustedProxies'
      | 'changesPerMinute'
      | 'auditRows'
      | 'clock'
      | 'random'
      | 'env'
      | 'onError'
      | 'onAudit'
    >
  > & {
    readonly sampleEveryMs: number
  }

const LEAST_TOKEN_CHARACTERS = 16

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) */
export function resolveAdminOptions({ sampleEvery = '1s', ...options }: AdminOptions): ResolvedAdminOptions {
  const { authorize, environment, metricsToken, basePath } = options
  // JavaScript, or a configuration that was not given, may leave it out.
  if ((authorize as unknown) !== 'loopback' && typeof authorize !== 'function') {
    throw new ConfigError(
      "createAdmin() needs authorize: a function that says who asks, or 'loopback' to let in only this machine itself",
    )
  }
  if (!/^[\w .-]{1,64}$/.test(environment.label))
    throw new ConfigError(`environment.label takes 1 to 64 letters, digits, spaces, dots and hyphens`)
  if (!/^#[0-9a-f]{6}$/i.test(environment.color))
    throw new ConfigError(`environment.color is # and six hex digits, got ${JSON.stringify(environment.color)}`)
  if (metricsToken !== undefined && metricsToken.length < LEAST_TOKEN_CHARACTERS)
    throw new ConfigError(`metricsToken must have at least ${LEAST_TOKEN_CHARACTERS} characters`)
  if (basePath !== undefined && basePath !== 'auto' && !basePath.startsWith('/'))
    throw new ConfigError(`basePath is 'auto' or begins with a slash, got ${JSON.stringify(basePath)}`)
  const sampleEveryMs = toMs(sampleEvery, 'sampleEvery')
  if (sampleEveryMs < 250) throw new ConfigError(`sampleEvery must be at least 250 ms, got ${sampleEveryMs} ms`)
  return {
    ...options,
    readOnly: options.readOnly ?? false,
    hide: options.hide ?? ['values'],
    trustedProxies: options.trustedProxies ?? [],
    changesPerMinute: whole(options.changesPerMinute ?? 60, 'changesPerMinute', 10_000),
    auditRows: whole(options.auditRows ?? 10_000, 'auditRows', 1_000_000),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    env: options.env ?? process.env,
    onAudit: options.onAudit ?? (() => undefined),
    onError: options.onError ?? (() => undefined),
    sampleEveryMs,
  }
}

function whole(number: number, option: string, most: number): number {
  if (Number.isSafeInteger(number) && number > 0 && number <= most) return number
  throw new ConfigError(`${option} must be a whole number from 1 to ${most}, got ${number}`)
}
