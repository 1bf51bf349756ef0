/**
 * The sessions of a user: listed, capped, and ended from outside of them. The index says which may live and Redis which do,
 * so the index may name sessions that idled away, and never misses one that lives.
 */
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { KeyRing } from '../codec/key-ring.ts'
import type { Redis, Reply, Script } from '../redis/redis.ts'
import type { Asking } from './asking.ts'
import { META, readMeta } from './device-meta.ts'
import { unseal } from './envelope.ts'
import type { EndReason, SessionEvent } from './events.ts'
import type { LoginMoments } from './login-moments.ts'
import { runEnding } from './run-ending.ts'
import { END, LIST, LIVES, REVOKE, TRIM } from './scripts.ts'
import type { SessionKeys } from './session-keys.ts'
import { handleOf } from './token.ts'
import { allTags, checkUser, currentTag, type UserTag } from './user-tags.ts'

/** A session as its user may see it. */
export interface Device {
  /** Names it for `revoke()`; of no use as a cookie. */
  readonly handle: string
  /** What `login()` was told. */
  readonly label: string
  readonly createdMs: number
  readonly loginAtMs: number
  /** Right to within `touchEvery`. */
  readonly lastSeenMs: number
  readonly endsMs: number
}

export interface RevokeOptions {
  /** The handle of a session that goes on. @default none */
  readonly except?: string
}

export interface UserSessions {
  /** Those that live, the newest login first. @throws SessionUnavailableError, SessionInvalidError */
  list(user: string): Promise<readonly Device[]>
  /** Ends one by its handle; false when the user has none of it. @throws SessionUnavailableError, SessionInvalidError */
  revoke(user: string, handle: string): Promise<boolean>
  /**
   * Ends all, and logins that are under way; returns how many there were. @throws SessionUnavailableError,
   * SessionInvalidError
   */
  revokeUser(user: string, options?: RevokeOptions): Promise<number>
  /** Ends the oldest of these until the cap is kept. @throws SessionUnavailableError */
  keepCap(tag: UserTag, hashes: readonly string[]): Promise<void>
  /** The same for sessions that began under other keys of the ring. @throws SessionUnavailableError */
  keepCapOfOthers(user: string, current: UserTag): Promise<void>
}

export interface UserSessionsDeps {
  readonly redis: Redis
  readonly ring: KeyRing
  readonly keys: SessionKeys
  readonly clock: Clock
  readonly moments: LoginMoments
  readonly events: Emitter<SessionEvent>
  readonly ask: Asking
  readonly replicas: number
  readonly idleMs: number
  readonly absoluteMs: number
  readonly maxPerUser: number | undefined
}

/** A script must not hold Redis up for everyone else. */
const PER_SCRIPT = 100
const MOST_LISTED = 1000

export function createUserSessions(deps: UserSessionsDeps): UserSessions {
  const { redis, ring, keys, clock, events, ask, idleMs, absoluteMs } = deps
  const nowMs = (): number => Math.floor(clock.wallMs())
  const run = (script: Script, scriptKeys: readonly string[], args: readonly (string | number)[]): Promise<Reply> =>
    ask(script.name, () => redis.run(script, scriptKeys, args))
  const indexOf = ({ bucket, tag }: UserTag): string => keys.index(bucket, tag)
  const both = ({ bucket }: UserTag, hashes: readonly string[]): readonly string[] =>
    hashes.flatMap((hash) => [keys.session(bucket, hash), keys.meta(bucket, hash)])
  const hashesOf = async (tag: UserTag): Promise<readonly string[]> =>
    (await run(LIST, [indexOf(tag)], [nowMs(), 0, MOST_LISTED])) as readonly string[]
  const tell = (hashes: readonly string[], why: EndReason, userTag: string): void => {
    for (const hash of hashes) events.emit({ type: 'session-ended', handle: handleOf(hash), why, userTag })
  }

  const end = async (tag: UserTag, hashes: readonly string[]): Promise<number> => {
    let ended = 0
    for (const some of parts(hashes)) {
      ended += Number(await runEnding(deps, END, [keys.registry(tag.bucket), indexOf(tag), ...both(tag, some)], some))
      tell(some, 'revoked', tag.tag)
    }
    return ended
  }
  const trim = async (tag: UserTag, hashes: readonly string[], cap: number): Promise<void> => {
    const scriptKeys = [keys.registry(tag.bucket), indexOf(tag), ...both(tag, hashes)]
    const ended = (await run(TRIM, scriptKeys, [cap, ...hashes])) as readonly string[]
    tell(ended, 'cap', tag.tag)
  }
  const devicesOf = async (tag: UserTag): Promise<readonly Device[]> => {
    const hashes = await hashesOf(tag)
    const devices: Device[] = []
    for (const some of parts(hashes)) {
      const sessions = some.map((hash) => keys.session(tag.bucket, hash))
      const [lives, metas] = await Promise.all([
        run(LIVES, [indexOf(tag), ...sessions], some) as Promise<readonly number[]>,
        Promise.all(some.map((hash) => ask('session.meta', () => redis.get(keys.meta(tag.bucket, hash))))),
      ])
      for (const [at, hash] of some.entries()) {
        const lifeMs = lives[at] ?? -1
        if (lifeMs >= 0) devices.push(deviceOf(tag, hash, lifeMs, metas[at] ?? null))
      }
    }
    return devices
  }
  const deviceOf = (tag: UserTag, hash: string, lifeMs: number, meta: Buffer | null): Device => {
    const unsealed = meta && unseal(ring, { key: keys.meta(tag.bucket, hash), purpose: META }, meta)
    const known = unsealed?.state === 'open' ? readMeta(unsealed.text) : undefined
    return {
      ...(known ?? { label: '', createdMs: 0, loginAtMs: 0, endsMs: 0 }),
      handle: handleOf(hash),
      lastSeenMs: nowMs() - Math.max(0, idleMs - lifeMs),
    }
  }

  return {
    async list(user) {
      const found = await Promise.all(allTags(ring, checkUser(user)).map(devicesOf))
      return found.flat().sort((one, other) => other.loginAtMs - one.loginAtMs)
    },
    async revoke(user, handle) {
      for (const tag of allTags(ring, checkUser(user))) {
        const hash = (await hashesOf(tag)).find((hash) => handleOf(hash) === handle)
        if (hash !== undefined) return (await end(tag, [hash])) > 0
      }
      return false
    },
    async revokeUser(user, { except } = {}) {
      const moment = deps.moments.cut()
      let sessions = 0
      for (const tag of allTags(ring, checkUser(user))) {
        const spared =
          except === undefined ? undefined : (await hashesOf(tag)).find((hash) => handleOf(hash) === except)
        const listed = async (): Promise<readonly string[]> => {
          const mark = `${moment}:${spared ?? ''}`
          const scriptKeys = [indexOf(tag), keys.notBefore(tag.bucket, tag.tag)] as const
          const hashes = (await runEnding(deps, REVOKE, scriptKeys, [nowMs(), mark, absoluteMs])) as readonly string[]
          return hashes.filter((hash) => hash !== spared)
        }
        sessions += await end(tag, await listed())
      }
      events.emit({ type: 'user-revoked', userTag: currentTag(ring, user).tag, sessions })
      return sessions
    },
    async keepCap(tag, hashes) {
      if (deps.maxPerUser !== undefined) await trim(tag, hashes, deps.maxPerUser)
    },
    async keepCapOfOthers(user, current) {
      const { maxPerUser } = deps
      const others = maxPerUser === undefined ? [] : allTags(ring, user).filter(({ tag }) => tag !== current.tag)
      for (const tag of others) {
        const hashes = await hashesOf(tag)
        if (hashes.length === 0) continue
        const younger = (await hashesOf(current)).length
        await trim(tag, hashes, Math.max(0, Number(maxPerUser) - younger))
      }
    },
  }
}

function parts(hashes: readonly string[]): readonly (readonly string[])[] {
  const made: (readonly string[])[] = []
  for (let at = 0; at < hashes.length; at += PER_SCRIPT) made.push(hashes.slice(at, at + PER_SCRIPT))
  return made
}
