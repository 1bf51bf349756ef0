/** What the service is told by its environment and its arguments, read and checked once. */
import { parseArgs } from 'node:util'

import { StartError } from './start-error.ts'

export type DatabaseOptions =
  | { readonly kind: 'astra'; readonly endpoint: string; readonly token: string; readonly keyspace: string | undefined }
  | { readonly kind: 'emulator'; readonly latencyMs: number }

/** Where the service runs. Demo accounts, and keys that are drawn at each start, are for dev alone. */
export type Environment = 'dev' | 'test' | 'prod'

/** `off` has a cache that is switched off; `absent` is the service without Holdfast, and so without sessions and Redis. */
export type CacheMode = 'on' | 'off' | 'absent'

export interface AppOptions {
  readonly environment: Environment
  readonly cacheMode: CacheMode
  /** False: clients may call as often as they like. */
  readonly limitsRates: boolean
  /** The keys that seal sessions, by their ids, the current one first. Undefined: one is drawn. */
  readonly sessionKeys: Readonly<Record<string, string>> | undefined
  /** The key of the audit trail. Undefined: one is drawn, and what an earlier start wrote cannot be checked. */
  readonly auditKey: string | undefined
  /** The token with which metrics are read from elsewhere than this machine. */
  readonly metricsToken: string | undefined
  /** The password of the account `admin`, which is made if it is not there. */
  readonly adminPassword: string | undefined
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Undefined: a private Redis is started, unless `isConfigured`. */
  readonly redisUrl: string | undefined
  /** Redis and the cache are as the configuration of an environment has them: dev, test or prod. */
  readonly isConfigured: boolean
  readonly database: DatabaseOptions
  /** Undefined: one is drawn. */
  readonly adminToken: string | undefined
  /** A token without admin rights, if there is to be one. */
  readonly userToken: string | undefined
  /** A folder of JSON files to import. */
  readonly dataFolder: string | undefined
}

export const USAGE = `Usage: npm start -- [--data DIR] [--help]

  --data DIR   import every *.json in DIR that is an array of objects
  --help       show this

Environment, all optional:
  PORT, HOST                      where to listen (3000, 127.0.0.1); PORT=0 takes a free port
  REDIS_URL                       a Redis to use; without it a private one is started
  HOLDFAST_ENVIRONMENT            dev, test or prod: Redis and the cache as docs/reference/configuration.md has them for it
  HOLDFAST_CONFIG                 a configuration file for that
  ASTRA_DB_API_ENDPOINT,
  ASTRA_DB_APPLICATION_TOKEN,
  ASTRA_DB_KEYSPACE               a database to use; without them an emulator of its Data API is started
  EMULATOR_LATENCY_MS             how long the emulator takes to answer (5)
  APP_ENV                         dev (the default), test or prod; HOLDFAST_ENVIRONMENT says it too
  CACHE_MODE                      on, off (switched off) or absent (no Holdfast, no sessions, no Redis)
  RATE_LIMITS                     on or off
  SESSION_KEYS                    id=key[,id=key]: what seals sessions, the current one first; each key is 32 bytes in
                                  base64 (openssl rand -base64 32). Drawn in dev, needed elsewhere
  AUDIT_KEY                       what the audit trail is sealed with, at least 16 characters. Drawn in dev, needed elsewhere
  METRICS_TOKEN                   what reads /metrics from elsewhere than this machine: 16 characters at least
  ADMIN_PASSWORD                  makes the account admin with this password, if it is not there
  ADMIN_TOKEN, USER_TOKEN         the token of an admin (drawn if unset), and of a user without admin rights
`

const DEFAULT_PORT = 3000
const DEFAULT_LATENCY_MS = 5

type Variables = Readonly<Record<string, string | undefined>>

/** @throws StartError that names the variable or argument which cannot work */
export function resolveOptions(variables: Variables, args: readonly string[]): AppOptions | 'help' {
  const { data, help } = readArguments(args)
  if (help) return 'help'
  const read = (name: string): string | undefined => variables[name]?.trim() || undefined
  const options: AppOptions = {
    environment: readEnvironment(read('HOLDFAST_ENVIRONMENT') ?? read('APP_ENV')),
    cacheMode: readChoice('CACHE_MODE', read('CACHE_MODE'), ['on', 'off', 'absent']),
    limitsRates: readChoice('RATE_LIMITS', read('RATE_LIMITS'), ['on', 'off']) === 'on',
    sessionKeys: readKeys(read('SESSION_KEYS')),
    auditKey: read('AUDIT_KEY'),
    metricsToken: readToken('METRICS_TOKEN', read('METRICS_TOKEN')),
    adminPassword: read('ADMIN_PASSWORD'),
    host: read('HOST') ?? '127.0.0.1',
    port: readNumber('PORT', read('PORT'), { fallback: DEFAULT_PORT, max: 65_535 }),
    redisUrl: read('REDIS_URL'),
    isConfigured: (read('HOLDFAST_ENVIRONMENT') ?? read('HOLDFAST_CONFIG')) !== undefined,
    database: readDatabase(read),
    adminToken: readToken('ADMIN_TOKEN', read('ADMIN_TOKEN')),
    userToken: readToken('USER_TOKEN', read('USER_TOKEN')),
    dataFolder: data,
  }
  if (options.userToken !== undefined && options.userToken === options.adminToken) {
    throw new StartError('ADMIN_TOKEN and USER_TOKEN are the same, but must differ')
  }
  return options
}

function readEnvironment(name = 'dev'): Environment {
  const known = (['dev', 'test', 'prod'] as const).find((one) => one === name)
  // Other names are for a configuration file to explain; what may only be in dev is then left out.
  return known ?? 'prod'
}

/**
 * Outside of dev nothing may be drawn anew at each start, or differ between instances. After the configuration was read,
 * which has more to say of what is missing.
 *
 * @throws StartError that names the variable
 */
export function checkSecrets({ environment, cacheMode, sessionKeys, auditKey }: AppOptions): void {
  if (environment === 'dev') return
  if (sessionKeys === undefined && cacheMode !== 'absent')
    throw new StartError(`SESSION_KEYS must be set in ${environment}: id=key, the key from openssl rand -base64 32`)
  if (auditKey === undefined) throw new StartError(`AUDIT_KEY must be set in ${environment}`)
  if (auditKey.length < 16) throw new StartError('AUDIT_KEY must have at least 16 characters')
}

function readKeys(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined
  const pairs = text.split(',').map((pair) => /^\s*([\w.-]{1,64})=([A-Za-z0-9+/_-]{43}=?)\s*$/.exec(pair))
  const keys = pairs.flatMap((pair) => (pair?.[1] !== undefined && pair[2] !== undefined ? [[pair[1], pair[2]]] : []))
  // The keys themselves are not repeated.
  if (keys.length < pairs.length)
    throw new StartError('SESSION_KEYS must be id=key[,id=key], each key 32 bytes in base64')
  return Object.fromEntries(keys)
}

function readChoice<T extends string>(name: string, text: string | undefined, choices: readonly [T, ...T[]]): T {
  const chosen = text === undefined ? choices[0] : choices.find((one) => one === text)
  if (chosen !== undefined) return chosen
  throw new StartError(`${name} must be ${choices.join(' or ')}, got ${JSON.stringify(text)}`)
}

function readArguments(args: readonly string[]): { readonly data?: string; readonly help?: boolean } {
  try {
    const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' }, help: { type: 'boolean' } } })
    if (values.data === '') throw new Error('--data needs a folder')
    return values
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : String(cause)
    throw new StartError(`${reason}; npm start -- --help shows what can be given`, { cause })
  }
}

function readDatabase(read: (name: string) => string | undefined): DatabaseOptions {
  const endpoint = read('ASTRA_DB_API_ENDPOINT')
  const token = read('ASTRA_DB_APPLICATION_TOKEN')
  if (endpoint === undefined && token === undefined) {
    const text = read('EMULATOR_LATENCY_MS')
    const latencyMs = readNumber('EMULATOR_LATENCY_MS', text, { fallback: DEFAULT_LATENCY_MS, max: 60_000 })
    return { kind: 'emulator', latencyMs }
  }
  if (endpoint === undefined)
    throw new StartError('ASTRA_DB_APPLICATION_TOKEN is set, but ASTRA_DB_API_ENDPOINT is not')
  if (token === undefined) throw new StartError('ASTRA_DB_API_ENDPOINT is set, but ASTRA_DB_APPLICATION_TOKEN is not')
  const protocol = URL.canParse(endpoint) ? new URL(endpoint).protocol : ''
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new StartError('ASTRA_DB_API_ENDPOINT must be a URL such as https://<id>-<region>.apps.astra.datastax.com')
  }
  return { kind: 'astra', endpoint, token, keyspace: read('ASTRA_DB_KEYSPACE') }
}

function readNumber(
  name: string,
  text: string | undefined,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  if (text === undefined) return fallback
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number <= max) return number
  throw new StartError(`${name} must be a whole number from 0 to ${max}, got ${JSON.stringify(text)}`)
}

function readToken(name: string, token: string | undefined): string | undefined {
  // What a header can carry as one word; the token itself is not repeated.
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token
  throw new StartError(`${name} may hold only visible ASCII characters and no spaces`)
}
