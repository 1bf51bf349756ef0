/**
 * The ways to name a Redis in one text, and what each of them means.
 *
 *     redis://[user:password@]host[:port][/db]                             rediss:// for TLS
 *     unix://[user:password@]/path/to/redis.sock[?db=1]                    also redis+unix://
 *     redis+sentinel://[user:password@]h1[:26379],h2,[::1]/service[/db]    rediss+sentinel:// for TLS
 *         [?sentinel_username=…&sentinel_password=…]
 *     redis-sentinel://[[user:]password@]h1,h2[/db]?sentinelMasterId=name  as Lettuce and RIOT write it; rediss-sentinel://
 *
 * The text may hold a password anywhere, above all when it is broken: an error repeats nothing of it but the scheme. The
 * URL class of the platform is no help here, since it cannot read a list of hosts.
 */
import { isIPv6 } from 'node:net'

import { ConfigError } from '../base/errors.ts'

/** A host and a port; an IPv6 address stands without brackets. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
}

/** Who logs in; a password without a user name is the default user's. */
export interface RedisCredentials {
  readonly username: string | null
  readonly password: string | null
}

/** Where a Redis is and how to log in there. Holds passwords in clear: show it with {@link describeTarget} only. */
export type RedisTarget =
  | ({ readonly kind: 'standalone'; readonly tls: boolean; readonly db: number } & RedisAddress & RedisCredentials)
  | ({ readonly kind: 'socket'; readonly tls: false; readonly db: number; readonly path: string } & RedisCredentials)
  | ({
      readonly kind: 'sentinel'
      readonly tls: boolean
      readonly db: number
      readonly serviceName: string
      readonly sentinels: readonly RedisAddress[]
      /** How to log in to the sentinels; `username` and `password` beside it are those of the Redis they name. */
      readonly sentinelCredentials: RedisCredentials
    } & RedisCredentials)

export const REDIS_PORT = 6379
export const SENTINEL_PORT = 26_379

const STANDALONE_FORM = 'redis://user:password@host:6379/0'
const SOCKET_FORM = 'unix:///path/to/redis.sock?db=0'
const SENTINEL_FORM = 'redis+sentinel://user:password@host1:26379,host2:26379/mymaster/0'
const LETTUCE_FORM = 'redis-sentinel://password@host1:26379,host2:26379/0?sentinelMasterId=mymaster'

/** A URL taken apart, nothing decoded yet. */
interface Parts {
  readonly userinfo: string | null
  readonly hosts: string
  readonly path: string
  readonly query: string | null
}

interface Scheme {
  /** How such a URL should look, for errors. */
  readonly form: string
  readonly read: (parts: Parts) => RedisTarget
}

const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['redis', { form: STANDALONE_FORM, read: (parts) => standalone(parts, false) }],
  ['rediss', { form: STANDALONE_FORM.replace('redis', 'rediss'), read: (parts) => standalone(parts, true) }],
  ['unix', { form: SOCKET_FORM, read: socket }],
  ['redis+unix', { form: SOCKET_FORM.replace('unix', 'redis+unix'), read: socket }],
  ['redis+sentinel', { form: SENTINEL_FORM, read: (parts) => sentinel(parts, false) }],
  ['rediss+sentinel', { form: SENTINEL_FORM.replace('redis', 'rediss'), read: (parts) => sentinel(parts, true) }],
  ['redis-sentinel', { form: LETTUCE_FORM, read: (parts) => lettuceSentinel(parts, false) }],
  ['rediss-sentinel', { form: LETTUCE_FORM.replace('redis', 'rediss'), read: (parts) => lettuceSentinel(parts, true) }],
])

/** What is wrong with a URL, said without its text; `parseRedisUrl` adds how it should look. */
class UrlProblem extends Error {}

/**
 * What a Redis URL means.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when it cannot be read; the message repeats no secret
 */
export function parseRedisUrl(text: string): RedisTarget {
  const split = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text)
  const name = split?.[1]?.toLowerCase()
  if (split === null || name === undefined) {
    throw new ConfigError(`The Redis URL cannot be read: it should look like ${STANDALONE_FORM} or ${SENTINEL_FORM}`)
  }
  const scheme = SCHEMES.get(name)
  if (scheme === undefined) {
    throw new ConfigError(
      `The Redis URL begins with ${name}://, but should begin with ${[...SCHEMES.keys()].join('://, ')}://`,
    )
  }
  try {
    return scheme.read(partsOf(split[2] ?? ''))
  } catch (error) {
    if (!(error instanceof UrlProblem)) throw error
    throw new ConfigError(`The Redis URL ${error.message}: it should look like ${scheme.form}`)
  }
}

/** A target as text for messages and logs: no password, no user name. */
export function describeTarget(target: RedisTarget): string {
  const scheme = target.tls ? 'rediss' : 'redis'
  if (target.kind === 'standalone') return `${scheme}://${formatAddress(target)}/${target.db}`
  if (target.kind === 'socket') return `unix://${target.path}?db=${target.db}`
  return `${scheme}+sentinel://${target.sentinels.map(formatAddress).join(',')}/${target.serviceName}/${target.db}`
}

/** `host:port`, an IPv6 host in brackets. */
export function formatAddress({ host, port }: RedisAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * A comma-separated list of `host[:port]`.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when a member cannot be read; the message repeats none
 */
export function parseAddresses(text: string, defaultPort: number): readonly RedisAddress[] {
  try {
    return addresses(text, defaultPort)
  } catch (error) {
    if (!(error instanceof UrlProblem)) throw error
    throw new ConfigError(`The list of hosts ${error.message}: it should look like host1:${defaultPort},host2,[::1]`)
  }
}

// --- the kinds of URL ---

function standalone(parts: Parts, tls: boolean): RedisTarget {
  parametersOf(parts, [])
  const [address, another] = addresses(parts.hosts, REDIS_PORT)
  if (address === undefined) throw new UrlProblem('names no host')
  if (another !== undefined) {
    throw new UrlProblem('names several hosts, which only a sentinel URL does (redis+sentinel://)')
  }
  const db = database(parts.path.slice(1))
  return { kind: 'standalone', tls, db, ...address, ...credentials(parts.userinfo) }
}

function socket(parts: Parts): RedisTarget {
  if (parts.hosts !== '') throw new UrlProblem('names a host where the path of a socket should begin')
  if (parts.path.length < 2) throw new UrlProblem('names no path')
  const given = parametersOf(parts, ['db'])
  const db = database(given.get('db') ?? '')
  return { kind: 'socket', tls: false, db, path: decode(parts.path), ...credentials(parts.userinfo) }
}

function sentinel(parts: Parts, tls: boolean): RedisTarget {
  const given = parametersOf(parts, ['sentinel_username', 'sentinel_password'])
  const [service = '', db = '', ...rest] = parts.path.slice(1).split('/')
  if (rest.length > 0) throw new UrlProblem('has more than a service name and a database after the hosts')
  // `/0` alone is a database whose service was forgotten, far more often than a service called 0.
  if (service === '' || (db === '' && /^\d+$/.test(service))) throw new UrlProblem('names no sentinel service')
  const sentinelCredentials = {
    username: given.get('sentinel_username') ?? null,
    password: given.get('sentinel_password') ?? null,
  }
  checkCredentials(sentinelCredentials)
  return {
    kind: 'sentinel',
    tls,
    db: database(db),
    serviceName: decode(service),
    sentinels: someAddresses(parts.hosts),
    sentinelCredentials,
    ...credentials(parts.userinfo),
  }
}

function lettuceSentinel(parts: Parts, tls: boolean): RedisTarget {
  const serviceName = parametersOf(parts, ['sentinelMasterId']).get('sentinelMasterId')
  if (serviceName === undefined) throw new UrlProblem('names no sentinel service (sentinelMasterId)')
  // What stands alone before the @ is the password in this form, and the user in all others.
  const alone = parts.userinfo !== null && !parts.userinfo.includes(':')
  return {
    kind: 'sentinel',
    tls,
    db: database(parts.path.slice(1)),
    serviceName,
    sentinels: someAddresses(parts.hosts),
    sentinelCredentials: { username: null, password: null },
    ...credentials(alone ? `:${parts.userinfo}` : parts.userinfo),
  }
}

// --- the parts of a URL ---

function partsOf(text: string): Parts {
  if (/\s/.test(text)) throw new UrlProblem('holds a space or a line break')
  const [, authority = '', path = '', query, fragment] = /^([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(text) ?? []
  const at = authority.lastIndexOf('@')
  const isSocket = authority.slice(at + 1) === '' && path !== ''
  // A password with a raw / ? or # ends the authority early; its tail must not be taken for a path, and be shown as one.
  if (!isSocket && text.slice(authority.length).includes('@')) {
    throw new UrlProblem('has an @ after its hosts (in a password, write @ / ? # % as %40 %2F %3F %23 %25)')
  }
  if (fragment !== undefined) throw new UrlProblem('has a # (in a password or a path, write it as %23)')
  return {
    userinfo: at < 0 ? null : authority.slice(0, at),
    hosts: authority.slice(at + 1),
    path,
    query: query ?? null,
  }
}

function credentials(userinfo: string | null): RedisCredentials {
  const colon = userinfo?.indexOf(':') ?? -1
  const username = decode((colon < 0 ? userinfo : userinfo?.slice(0, colon)) ?? '')
  const password = colon < 0 ? '' : decode(userinfo?.slice(colon + 1) ?? '')
  return checkCredentials({ username: username || null, password: password || null })
}

function checkCredentials(given: RedisCredentials): RedisCredentials {
  if (given.username !== null && given.password === null) {
    throw new UrlProblem('names a user without a password (a password alone is written :password@)')
  }
  return given
}

function someAddresses(text: string): readonly RedisAddress[] {
  const found = addresses(text, SENTINEL_PORT)
  if (found.length === 0) throw new UrlProblem('names no host')
  return found
}

function addresses(text: string, defaultPort: number): readonly RedisAddress[] {
  return text === '' ? [] : text.split(',').map((member) => address(member.trim(), defaultPort))
}

function address(member: string, defaultPort: number): RedisAddress {
  const [, bracketed, name, port] = /^(?:\[([^\]]*)\]|([^:[\]@\s]*))(?::([^:]*))?$/.exec(member) ?? []
  const host = bracketed ?? name
  if (host === undefined) throw new UrlProblem('has a host that cannot be read (an IPv6 address stands in brackets)')
  if (host === '') throw new UrlProblem('names no host')
  if (bracketed !== undefined && !isIPv6(bracketed)) throw new UrlProblem('has brackets around what is no IPv6 address')
  if (port === undefined) return { host, port: defaultPort }
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new UrlProblem('has a port that is not a number from 1 to 65535')
  }
  return { host, port: Number(port) }
}

function database(text: string): number {
  if (!/^\d{0,6}$/.test(text)) throw new UrlProblem('has something other than a number where the database stands')
  return Number(text)
}

function parametersOf({ query }: Parts, known: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (const pair of (query ?? '').split('&').filter((pair) => pair !== '')) {
    const [name = '', ...value] = pair.split('=')
    if (!known.includes(name)) {
      const takes = known.length > 0 ? `only ${known.join(' and ')}` : 'no parameters'
      throw new UrlProblem(`has a parameter that is not known after the ?, where it takes ${takes}`)
    }
    if (given.has(name)) throw new UrlProblem(`has the parameter ${name} twice`)
    // Not URLSearchParams: it would turn a + in a password into a space.
    const text = decode(value.join('='))
    if (text !== '') given.set(name, text)
  }
  return given
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new UrlProblem('has a % that begins no percent-encoded character (write % itself as %25)')
  }
}
