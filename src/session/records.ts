/**
 * Sessions whose ids another library makes and sends: kept like our own, sealed so that only the id opens them, merged when
 * two requests write, and never brought back after their end.
 *
 * The id stands for the token, so it must be as hard to guess: 128 random bits at least.
 */
import { hash } from 'node:crypto'

import { differences } from './changes.ts'
import { begin, writeOnTop } from './commit.ts'
import { endSession, type SessionDeps } from './deps.ts'
import { dataOf, readDocument, type SessionData } from './document.ts'
import { bucketOf } from './session-keys.ts'
import type { StoredSession } from './session-store.ts'
import { handleOf, type Token } from './token.ts'

/** A record as it was read. */
export interface SessionRecord {
  readonly data: SessionData
  /** When it ends if nobody reads it again, in ms since 1970. */
  readonly expiresMs: number
}

export interface SessionRecords {
  /** Undefined when there is none; reading it lets it live on. @throws SessionUnavailableError */
  read(id: string): Promise<SessionRecord | undefined>
  /** @throws SessionUnavailableError, SessionInvalidError */
  create(id: string, data: SessionData): Promise<SessionRecord>
  /**
   * Makes a record that was read into `data`, on top of what others wrote since. Undefined when it has ended: it stays so.
   * @throws SessionUnavailableError, SessionInvalidError, SessionConflictError
   */
  write(record: SessionRecord, data: SessionData): Promise<SessionRecord | undefined>
  /** @throws SessionUnavailableError */
  end(id: string): Promise<void>
}

const SHORTEST_ID = 22

export function createRecords(deps: SessionDeps, idleMs: number): SessionRecords {
  const { store, clock, events, counts } = deps
  const known = new WeakMap<SessionRecord, StoredSession>()

  const recordOf = (stored: StoredSession): SessionRecord => {
    const expiresMs = Math.min(clock.wallMs() + idleMs, stored.document.endsMs)
    const record: SessionRecord = { data: dataOf(stored.document.data), expiresMs }
    known.set(record, stored)
    return record
  }
  const readStored = async (id: string): Promise<StoredSession | undefined> => {
    if (!isPossible(id)) {
      events.emit({ type: 'cookie-refused', why: 'malformed' })
      return undefined
    }
    const token = tokenOfId(id)
    const read = await store.read(token)
    if (read.state === 'open') return read.stored
    events.emit({ type: 'cookie-refused', why: read.why, handle: handleOf(token.hash) })
    return undefined
  }
  return {
    async read(id) {
      const stored = await readStored(id)
      if (!stored) return undefined
      counts.resumed()
      return recordOf(stored)
    },
    create: async (id, data) => recordOf((await begin(deps, tokenOfId(id), data)).stored),
    async write(record, data) {
      const stored = known.get(record)
      if (!stored) return undefined
      const changes = differences(readDocument(stored.text)?.data ?? dataOf(), data)
      if (changes.length === 0) return record
      const outcome = await writeOnTop(deps, stored, { changes, transition: { name: 'stay' } })
      return outcome.state === 'ok' ? recordOf(outcome.stored) : undefined
    },
    async end(id) {
      const stored = await readStored(id)
      if (stored) await endSession(deps, stored, 'logout')
      else if (isPossible(id)) await store.confirmEnd(tokenOfId(id))
    },
  }
}

function isPossible(id: string): boolean {
  return id.length >= SHORTEST_ID && id.length <= 256
}

function tokenOfId(id: string): Token {
  const digest = Buffer.from(hash('sha256', id, 'hex'), 'hex')
  return {
    bucket: bucketOf(digest[0] ?? 0),
    secret: Buffer.from(id),
    hash: digest.toString('base64url'),
    cookieValue: id,
  }
}
