/** What the service is told by its environment and its arguments, read and checked once. */
import { parseArgs } from 'node:util'

import { StartError } from './start-error.ts'

export type DatabaseOptions =
  | { readonly kind: 'astra'; readonly endpoint: string; readonly token: string; readonly keyspace: string | undefined }
  | { readonly kind: 'emulator'; readonly latencyMs: number }

export interface AppOptions {
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
  ADMIN_TOKEN, USER_TOKEN         the token of an admin (drawn if unset), and of a user without admin rights
`

const DEFAULT_PORT = 3000
const DEFAULT_LATENCY_MS = 5

type Environment = Readonly<Record<string, string | undefined>>

/** @throws StartError that names the variable or argument which cannot work */
export function resolveOptions(environment: Environment, args: readonly string[]): AppOptions | 'help' {
  const { data, help } = readArguments(args)
  if (help) return 'help'
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined
  const options: AppOptions = {
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
