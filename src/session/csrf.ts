/**
 * Whether a request that changes something comes from the application's own pages. A browser says so itself, in
 * Sec-Fetch-Site or at least in Origin; a token is for where a form must also work without either.
 *
 * The token is a keyed hash of the session and of random bytes, so that it looks different each time and is good for this
 * session alone.
 */
import { createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'

import type { KeyRing } from '../codec/key-ring.ts'

/** What is looked at of a request. */
export interface RequestOrigin {
  readonly method: string
  /** The Sec-Fetch-Site header. */
  readonly fetchSite?: string | undefined
  /** The Origin header. */
  readonly origin?: string | undefined
  /** The Host header, or what the proxy in front says that it was. */
  readonly host?: string | undefined
  /**
   * Whether it came with a session. One without, that says nothing of where it comes from, is a program's and is let
   * through: there is nothing to abuse. @default true
   */
  readonly hasSession?: boolean
}

export type OriginVerdict = { readonly allowed: true } | { readonly allowed: false; readonly why: 'site' | 'origin' }

const HARMLESS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Harmless methods may come from anywhere, so they must change nothing. Any other request must be same-origin in the eyes
 * of the browser, or name an origin that is this host or trusted. One that names none is refused.
 */
export function judgeOrigin(request: RequestOrigin, trusted: ReadonlySet<string>): OriginVerdict {
  const { method, fetchSite, origin, host, hasSession = true } = request
  if (HARMLESS.has(method.toUpperCase())) return ALLOWED
  if (origin !== undefined && trusted.has(origin)) return ALLOWED
  if (fetchSite !== undefined) return fetchSite === 'same-origin' || fetchSite === 'none' ? ALLOWED : BY_SITE
  if (origin === undefined && !hasSession) return ALLOWED
  return origin !== undefined && host !== undefined && hostOf(origin) === host.toLowerCase() ? ALLOWED : BY_ORIGIN
}

const ALLOWED: OriginVerdict = { allowed: true }
const BY_SITE: OriginVerdict = { allowed: false, why: 'site' }
const BY_ORIGIN: OriginVerdict = { allowed: false, why: 'origin' }

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

// --- the token:  key 4 · random 12 · HMAC-SHA256 of the random bytes and the session's hash 32 ---

const PURPOSE = 'csrf'
const RANDOM_AT = 4
const MAC_AT = 16
const TOKEN = /^[A-Za-z0-9_-]{64}$/

export function csrfToken(ring: KeyRing, sessionHash: string): string {
  const { key, wireId } = ring.sealing(PURPOSE)
  const front = Buffer.alloc(MAC_AT)
  front.writeUInt32BE(wireId, 0)
  randomBytes(MAC_AT - RANDOM_AT).copy(front, RANDOM_AT)
  return Buffer.concat([front, macOf(key, front, sessionHash)]).toString('base64url')
}

export function isCsrfToken(ring: KeyRing, sessionHash: string, token: unknown): boolean {
  if (typeof token !== 'string' || !TOKEN.test(token)) return false
  const bytes = Buffer.from(token, 'base64url')
  const key = ring.opening(PURPOSE, bytes.readUInt32BE(0))
  return (
    key !== undefined && timingSafeEqual(macOf(key, bytes.subarray(0, MAC_AT), sessionHash), bytes.subarray(MAC_AT))
  )
}

function macOf(key: KeyObject, front: Buffer, sessionHash: string): Buffer {
  return createHmac('sha256', key).update(front).update(sessionHash).digest()
}
