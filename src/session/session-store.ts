/**
 * Sessions in Redis: sealed on the way in, opened and judged on the way out. A read is one command, and so is a write.
 *
 * A write names the write that it is based on, by its nonce; so a session that was ended is never brought back, and one
 * that somebody else wrote meanwhile is never overwritten.
 */
import type { Clock } from '../base/clock.ts'
import { SessionInvalidError } from '../base/errors.ts'
import type { KeyRing } from '../codec/key-ring.ts'
import type { Argument, Redis, Reply } from '../redis/redis.ts'
import type { Asking } from './asking.ts'
import { writeMeta, META } from './device-meta.ts'
import { readDocument, writeDocument, type SessionDocument } from './document.ts'
import { HEADER_BYTES, seal, unseal, type SealPlace } from './envelope.ts'
import type { RefusedCookie } from './events.ts'
import { runEnding } from './run-ending.ts'
import { CREATE, END, REPLACE, REWRITE } from './scripts.ts'
import type { SessionKeys } from './session-keys.ts'
import type { Token } from './token.ts'
import type { TouchTimes } from './touch-times.ts'
import { isBirthKeyKnown, tagOfBirth, type UserTag } from './user-tags.ts'

/** A session as it was read or written. */
export interface StoredSession {
  readonly token: Token
  readonly document: SessionDocument
  /** The document as it was sealed, for a copy that nobody has changed. */
  readonly text: string
  /** What tells this write from any other. */
  readonly header: Buffer
}

export type Found =
  | { readonly state: 'open'; readonly stored: StoredSession }
  | { readonly state: 'refused'; readonly why: RefusedCookie }

export type Created =
  | { readonly state: 'ok'; readonly stored: StoredSession }
  /** The user has more sessions than the cap, these, oldest first. */
  | { readonly state: 'over'; readonly stored: StoredSession; readonly hashes: readonly string[] }
  | { readonly state: 'revoked' }

export type Rewritten =
  | { readonly state: 'ok'; readonly stored: StoredSession }
  | { readonly state: 'gone' | 'conflict' | 'revoked' }

export interface SessionStoreDeps {
  readonly redis: Redis
  readonly ring: KeyRing
  readonly keys: SessionKeys
  readonly clock: Clock
  readonly touches: TouchTimes
  readonly ask: Asking
  readonly replicas: number
  readonly idleMs: number
  readonly maxBytes: number
  readonly maxPerUser: number | undefined
}

export interface SessionStore {
  /** The session of a token, which lives on by being read. @throws SessionUnavailableError */
  read(token: Token): Promise<Found>
  /** The same as it is now, after a conflict. @throws SessionUnavailableError */
  reread(token: Token): Promise<Found>
  /** @throws SessionUnavailableError, SessionInvalidError */
  create(token: Token, document: SessionDocument): Promise<Created>
  /** Writes another document if nobody else did. @throws SessionUnavailableError, SessionInvalidError */
  rewrite(stored: StoredSession, document: SessionDocument): Promise<Rewritten>
  /** The same under another token. @throws SessionUnavailableError, SessionInvalidError */
  replace(stored: StoredSession, token: Token, document: SessionDocument): Promise<Rewritten>
  /** Whether there was one to end. @throws SessionUnavailableError */
  end(stored: StoredSession): Promise<boolean>
  /**
   * Makes sure that replicas have the end of a session that is gone: a logout that too few of them had is asked for again,
   * and finds nothing left to end. @throws SessionUnavailableError
   */
  confirmEnd(token: Token): Promise<void>
}

const PURPOSE = 'session'
const MAX_NAMES = 1000

export function createSessionStore(deps: SessionStoreDeps): SessionStore {
  const { redis, ring, keys, clock, touches, ask, idleMs } = deps

  const placeOf = ({ bucket, hash, secret }: Token): SealPlace => ({
    key: keys.session(bucket, hash),
    purpose: PURPOSE,
    salt: secret,
    saltHash: hash,
  })
  const judge = (token: Token, bytes: Buffer | null): Found => {
    if (!bytes) return { state: 'refused', why: 'unknown' }
    if (bytes.length > deps.maxBytes) return { state: 'refused', why: 'unreadable' }
    const unsealed = unseal(ring, placeOf(token), bytes)
    if (unsealed.state === 'refused') return unsealed
    const document = readDocument(unsealed.text)
    if (!document) return { state: 'refused', why: 'unreadable' }
    if (document.endsMs <= clock.wallMs()) return { state: 'refused', why: 'expired' }
    if (!isBirthKeyKnown(ring, document.birthKey)) return { state: 'refused', why: 'unknown-key' }
    return { state: 'open', stored: { token, document, text: unsealed.text, header: unsealed.header } }
  }
  const sealed = (
    token: Token,
    document: SessionDocument,
  ): { readonly blob: Buffer; readonly stored: StoredSession } => {
    const text = Object.keys(document.data).length <= MAX_NAMES ? writeDocument(document) : undefined
    if (text === undefined) throw new SessionInvalidError(UNWRITABLE)
    const blob = seal(ring, placeOf(token), text)
    if (blob.length > deps.maxBytes)
      throw new SessionInvalidError(
        `A session may take ${deps.maxBytes} bytes, and this one would take ${blob.length}: keep large things elsewhere, and their id here`,
      )
    return { blob, stored: { token, document, text, header: blob.subarray(0, HEADER_BYTES) } }
  }
  const ttlMs = ({ endsMs }: SessionDocument): number =>
    Math.max(1, Math.ceil(Math.min(idleMs, endsMs - clock.wallMs())))
  const nowMs = (): number => Math.floor(clock.wallMs())
  const run = (script: typeof CREATE, scriptKeys: readonly string[], args: readonly Argument[]): Promise<Reply> =>
    ask(script.name, () => redis.run(script, scriptKeys, args))

  /** The keys and arguments that a script needs of a session that somebody logged into. */
  const ofLogin = (token: Token, document: SessionDocument): Pick<LoginParts, 'keys' | 'args'> => {
    const tag = userTag(ring, document)
    if (!document.login || !tag) return { keys: [], args: [] }
    const metaKey = keys.meta(token.bucket, token.hash)
    const meta = seal(ring, { key: metaKey, purpose: META }, writeMeta(document, document.login))
    return {
      keys: [metaKey, keys.index(tag.bucket, tag.tag), keys.notBefore(tag.bucket, tag.tag)],
      args: [document.login.atMs, meta],
    }
  }

  return {
    async read(token) {
      const key = keys.session(token.bucket, token.hash)
      return judge(
        token,
        await ask('session.read', () => (touches.isDue(token.hash) ? redis.getAndExpire(key, idleMs) : redis.get(key))),
      )
    },
    reread: async (token) =>
      judge(token, await ask('session.read', () => redis.get(keys.session(token.bucket, token.hash)))),
    async create(token, document) {
      const { blob, stored } = sealed(token, document)
      const { bucket, hash } = token
      const login = ofLogin(token, document)
      const reply = await run(
        CREATE,
        [keys.session(bucket, hash), keys.registry(bucket), ...login.keys],
        [blob, ttlMs(document), hash, document.endsMs, nowMs(), ...login.args, deps.maxPerUser ?? 0],
      )
      const [state, hashes] = reply as readonly [string, (readonly string[])?]
      if (state === 'revoked') return { state }
      return hashes ? { state: 'over', stored, hashes } : { state: 'ok', stored }
    },
    async rewrite({ token, header }, document) {
      const { blob, stored } = sealed(token, document)
      const reply = await run(REWRITE, [keys.session(token.bucket, token.hash)], [header, blob, ttlMs(document)])
      return rewritten(reply, stored)
    },
    async replace(old, token, document) {
      const { blob, stored } = sealed(token, document)
      const { bucket, hash } = token
      const login = ofLogin(token, document)
      const oldKeys = [keys.session(bucket, old.token.hash), keys.meta(bucket, old.token.hash)]
      const reply = await run(
        REPLACE,
        [...oldKeys, keys.registry(bucket), keys.session(bucket, hash), ...login.keys],
        [old.header, blob, ttlMs(document), old.token.hash, hash, document.endsMs, nowMs(), ...login.args],
      )
      return rewritten(reply, stored)
    },
    async end({ token: { bucket, hash }, document }) {
      const registry = keys.registry(bucket)
      const tag = userTag(ring, document)
      const ended = await runEnding(
        deps,
        END,
        [
          registry,
          tag ? keys.index(tag.bucket, tag.tag) : registry,
          keys.session(bucket, hash),
          keys.meta(bucket, hash),
        ],
        [hash],
      )
      return Number(ended) > 0
    },
    async confirmEnd({ bucket, hash }) {
      if (deps.replicas === 0) return
      const registry = keys.registry(bucket)
      await runEnding(deps, END, [registry, registry, keys.session(bucket, hash), keys.meta(bucket, hash)], [hash])
    },
  }
}

/** The tag of who is logged in. */
export function userTag(ring: KeyRing, { login, birthKey }: SessionDocument): UserTag | undefined {
  return login && tagOfBirth(ring, login.user, birthKey)
}

interface LoginParts {
  readonly keys: readonly string[]
  readonly args: readonly Argument[]
}

const UNWRITABLE =
  'The data of the session cannot be stored: they hold something that JSON cannot carry, are nested more than 60 deep, have more than 1000 names, or hold a key such as __proto__'

function rewritten(reply: Reply, stored: StoredSession): Rewritten {
  return reply === 'ok' ? { state: 'ok', stored } : { state: reply as 'gone' | 'conflict' | 'revoked' }
}
