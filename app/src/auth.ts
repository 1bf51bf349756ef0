/**
 * Who may do what. A request carries `Authorization: Bearer <token>`; a token belongs to an account, and whatever a write
 * records about its author comes from that account and never from the body.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

import { HttpError } from './errors.ts'

/** Whom a token stands for. */
export interface Account {
  readonly user: string
  readonly role: 'admin' | 'user'
}

export interface Credential extends Account {
  readonly token: string
}

/** Finds the account of an Authorization header; undefined when there is none. */
export type Authenticate = (authorization: string | undefined) => Account | undefined

export function createAuthenticate(credentials: readonly Credential[]): Authenticate {
  const known = credentials.map(({ token, user, role }) => ({ hash: hashOf(token), account: { user, role } }))
  return (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const hash = hashOf(token)
    // Hashes of one length, each compared in full: how long that takes tells nothing about a token.
    return known.find((credential) => timingSafeEqual(credential.hash, hash))?.account
  }
}

/** @throws HttpError 401 without a known token, 403 with one of another role */
export function requireAdmin(account: Account | undefined): Account {
  if (!account) throw new HttpError(401, 'Admin authentication required', { 'WWW-Authenticate': 'Bearer' })
  if (account.role !== 'admin') throw new HttpError(403, 'Admin privileges required')
  return account
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
