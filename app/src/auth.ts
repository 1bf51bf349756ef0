/**
 * Who a request is from, and who may do what. A program sends `Authorization: Bearer <token>`; a person has a session, which
 * holds the account's role as it was at login: whoever changes a role ends the sessions of the account, so that it holds at
 * once. Whatever a write records about its author comes from here and never from the body.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

import type { Session } from 'holdfast'

import { HttpError } from './errors.ts'

/** The roles of accounts, from the one that may least. */
export const ROLES = ['guest', 'user', 'admin'] as const

export type Role = (typeof ROLES)[number]

/** Who may call a route: anyone, or those of a role and of all that may more. */
export type RouteRole = Role | 'anyone'

/** Whom a request is from. */
export interface Account {
  /** The name, as it is recorded. */
  readonly user: string
  readonly role: Role
  /** Names the account in paths and keys. */
  readonly id: string
}

export interface Credential extends Account {
  readonly token: string
}

/** Finds the account of an Authorization header; undefined when there is none. */
export type Authenticate = (authorization: string | undefined) => Account | undefined

export function createAuthenticate(credentials: readonly Credential[]): Authenticate {
  const known = credentials.map(({ token, ...account }) => ({ hash: hashOf(token), account }))
  return (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const hash = hashOf(token)
    // Hashes of one length, each compared in full: how long that takes tells nothing about a token.
    return known.find((credential) => timingSafeEqual(credential.hash, hash))?.account
  }
}

/** What a session holds of the account that is logged in. */
export const SESSION_ACCOUNT = 'account'

/** The account of a session; undefined when nobody is logged in. */
export function accountOfSession(session: Session | undefined): Account | undefined {
  const id = session?.user
  const held = session?.get(SESSION_ACCOUNT)
  if (id === undefined || typeof held !== 'object' || held === null) return undefined
  const { user, role } = held as { readonly user?: unknown; readonly role?: unknown }
  const known = ROLES.find((one) => one === role)
  return known && typeof user === 'string' ? { id, user, role: known } : undefined
}

/** @throws HttpError 401 when nobody is known, 403 for a role that may not */
export function requireRole(account: Account | undefined, role: RouteRole): void {
  if (role === 'anyone') return
  const isAdmin = role === 'admin'
  if (!account)
    throw new HttpError(401, isAdmin ? 'Admin authentication required' : 'Authentication required', {
      'WWW-Authenticate': 'Bearer',
    })
  if (ROLES.indexOf(account.role) < ROLES.indexOf(role))
    throw new HttpError(403, isAdmin ? 'Admin privileges required' : 'This account may not do that')
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
