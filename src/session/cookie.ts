/**
 * The session's cookie: what it is called, what browsers may do with it, and how it is found in a request.
 *
 * The header of a request is untrusted and may be long: one cookie of the name is taken, never the first of several, since
 * a subdomain or a page on plain HTTP can plant one beside the real one.
 */
import { inspect } from 'node:util'

import { toMs, type Duration } from '../base/duration.ts'
import { ConfigError } from '../base/errors.ts'

export interface CookieOptions {
  /**
   * `__Host-` makes browsers refuse it unless it is Secure, for the whole host and for no other one.
   * @default '__Host-id', or 'id' when `secure` is false
   */
  readonly name?: string
  /**
   * `false` lets it travel over plain HTTP: for development at an address other than localhost only.
   * @default true
   */
  readonly secure?: boolean
  /** `strict` also leaves it out when somebody follows a link from elsewhere. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** Shares it with subdomains; needs a name without `__Host-`. @default this host only */
  readonly domain?: string
  /** @default '/' */
  readonly path?: string
  /** Keeps it when the browser closes, for so long. @default until the browser closes */
  readonly maxAge?: Duration
}

export interface SessionCookie {
  readonly name: string
  /** The Set-Cookie header that gives a browser this value. */
  set(value: string): string
  /** The Set-Cookie header that takes it away. */
  clear(): string
}

/** What the Cookie header of a request holds. */
export type FoundCookie =
  | { readonly state: 'none' }
  | { readonly state: 'one'; readonly value: string }
  | { readonly state: 'refused'; readonly why: 'duplicate' | 'oversized' }

/** As much as servers take in one header; nothing is looked for in more. */
const MAX_HEADER = 8192
const NAME = /^[A-Za-z0-9_.-]{1,64}$/
const DOMAIN = /^[A-Za-z0-9.-]{1,253}$/
const PATH = /^\/[A-Za-z0-9/_.~-]{0,200}$/

/** @throws ConfigError (ERR_HOLDFAST_CONFIG) for what browsers would refuse or share too widely */
export function sessionCookie(options: CookieOptions = {}): SessionCookie {
  const { secure = true, sameSite = 'lax', domain, path = '/', maxAge } = options
  const name = options.name ?? (secure ? '__Host-id' : 'id')
  check(NAME.test(name), 'cookie.name', 'takes 1 to 64 of A–Z a–z 0–9 _ . -', name)
  check(domain === undefined || DOMAIN.test(domain), 'cookie.domain', 'takes a host name', domain)
  check(PATH.test(path), 'cookie.path', 'takes a path such as /app', path)
  check(['lax', 'strict', 'none'].includes(sameSite), 'cookie.sameSite', 'is lax, strict or none', sameSite)
  check(secure || sameSite !== 'none', 'cookie.secure', 'must be true with sameSite none', secure)
  check(secure || !/^__(Host|Secure)-/i.test(name), 'cookie.secure', `must be true for the name ${name}`, secure)
  if (/^__Host-/i.test(name)) {
    check(domain === undefined, 'cookie.domain', `must be left out for the name ${name}`, domain)
    check(path === '/', 'cookie.path', `must be / for the name ${name}`, path)
  }
  const seconds = maxAge === undefined ? undefined : Math.floor(toMs(maxAge, 'cookie.maxAge') / 1000)
  const attributes =
    `; Path=${path}${domain === undefined ? '' : `; Domain=${domain}`}; HttpOnly${secure ? '; Secure' : ''}` +
    `; SameSite=${sameSite[0]?.toUpperCase()}${sameSite.slice(1)}`
  const kept = seconds === undefined ? '' : `; Max-Age=${seconds}`
  return {
    name,
    set: (value) => `${name}=${value}${attributes}${kept}`,
    clear: () => `${name}=${attributes}; Max-Age=0`,
  }
}

/** Finds the cookie of a name in the Cookie header of a request. */
export function findCookie(header: string | undefined, name: string): FoundCookie {
  if (header === undefined || header === '') return { state: 'none' }
  if (header.length > MAX_HEADER) return { state: 'refused', why: 'oversized' }
  let found: FoundCookie = { state: 'none' }
  for (let at = 0; at < header.length;) {
    const semicolon = header.indexOf(';', at)
    const end = semicolon === -1 ? header.length : semicolon
    while (header.charCodeAt(at) === 0x20 || header.charCodeAt(at) === 0x09) at += 1
    if (header.startsWith(name, at) && header.charCodeAt(at + name.length) === 0x3d) {
      if (found.state !== 'none') return { state: 'refused', why: 'duplicate' }
      found = { state: 'one', value: header.slice(at + name.length + 1, end).trimEnd() }
    }
    at = end + 1
  }
  return found
}

function check(holds: boolean, option: string, takes: string, got: unknown): void {
  if (!holds) throw new ConfigError(`${option} ${takes}, got ${inspect(got, { depth: 0 })}`)
}
