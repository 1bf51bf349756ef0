/**
 * Writing what a request did to its session: a new one, the same one with changes, or the same one under another token.
 *
 * Whoever is not first writes on top of who was, again and again with pauses; each round somebody succeeds, so it ends.
 */
import { LoginRequiredError, SessionConflictError } from '../base/errors.ts'
import { withChanges, type Change } from './changes.ts'
import { endSession, newToken, tagged, type SessionDeps } from './deps.ts'
import { dataOf, type Login, type SessionData, type SessionDocument } from './document.ts'
import type { Created, Rewritten, StoredSession } from './session-store.ts'
import { handleOf, type Token } from './token.ts'
import { currentTag } from './user-tags.ts'

/** What becomes of the token. */
export type Transition =
  | { readonly name: 'stay' }
  | { readonly name: 'renew' }
  | { readonly name: 'login'; readonly login: Login; readonly keeps: boolean }

export interface Commit {
  /** The session as it was read; undefined when there was none. */
  readonly stored: StoredSession | undefined
  readonly changes: readonly Change[]
  readonly transition: Transition
  /** The token that a new session is to have. */
  readonly draft: Token | undefined
}

export type Outcome =
  /** `merged`: on top of what others wrote since it was read. */
  { readonly state: 'ok'; readonly stored: StoredSession; readonly merged: boolean } | { readonly state: 'gone' }

const MOST_ROUNDS = 20
const PAUSE_MS = 4

/** @throws SessionUnavailableError, SessionConflictError, SessionInvalidError, LoginRequiredError */
export async function commitSession(deps: SessionDeps, commit: Commit): Promise<Outcome> {
  const { stored, transition, draft } = commit
  if (transition.name === 'login') return logIn(deps, commit, transition.login, transition.keeps)
  if (stored) return writeOnTop(deps, stored, commit)
  const { stored: begun } = await begin(deps, draft ?? newToken(), withChanges(dataOf(), commit.changes))
  return { state: 'ok', stored: begun, merged: false }
}

async function logIn(deps: SessionDeps, commit: Commit, login: Login, keeps: boolean): Promise<Outcome> {
  const { stored: before, changes } = commit
  const data = withChanges(keeps && before ? before.document.data : dataOf(), changes)
  const tag = currentTag(deps.ring, login.user)
  // Before the old one ends: a login that is refused leaves everything as it was.
  const created = await begin(deps, newToken(tag.bucket), data, login)
  // Before the cap is looked at: who logs in again in one browser must not lose the session of another.
  if (before) await endSession(deps, before, 'login')
  if (created.state === 'over') await deps.users.keepCap(tag, created.hashes)
  await deps.users.keepCapOfOthers(login.user, tag)
  return { state: 'ok', stored: created.stored, merged: false }
}

/** Creates a session; one `over` the cap is for the caller to make room for. */
export async function begin(
  deps: SessionDeps,
  token: Token,
  data: SessionData,
  login?: Login,
): Promise<Exclude<Created, { readonly state: 'revoked' }>> {
  const { store, ring, clock, events, absoluteMs } = deps
  const createdMs = Math.floor(clock.wallMs())
  // Any tag under the current key says which one that is.
  const tag = currentTag(ring, login?.user ?? '')
  const document: SessionDocument = {
    data,
    createdMs,
    endsMs: createdMs + absoluteMs,
    birthKey: tag.birthKey,
    ...(login && { login }),
  }
  const created = await store.create(token, document)
  if (created.state === 'revoked') {
    events.emit({ type: 'login-refused', userTag: tag.tag, why: 'revoked' })
    throw new LoginRequiredError('The user was logged out everywhere while this login was under way')
  }
  events.emit({ type: 'session-created', handle: handleOf(token.hash), ...tagged(ring, created.stored) })
  return created
}

export async function writeOnTop(
  deps: SessionDeps,
  read: StoredSession,
  commit: Pick<Commit, 'changes' | 'transition'>,
): Promise<Outcome> {
  const { events, store, random, clock } = deps
  let stored = read
  const handle = handleOf(read.token.hash)
  const renewed = commit.transition.name === 'renew' ? newToken(read.token.bucket) : undefined
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const document = { ...stored.document, data: withChanges(stored.document.data, commit.changes) }
    const written: Rewritten = renewed
      ? await store.replace(stored, renewed, document)
      : await store.rewrite(stored, document)
    if (written.state === 'ok') {
      if (renewed)
        events.emit({
          type: 'session-renewed',
          handle: handleOf(renewed.hash),
          before: handle,
          ...tagged(deps.ring, written.stored),
        })
      return { ...written, merged: round > 1 }
    }
    if (written.state !== 'conflict') break
    events.emit({ type: 'write-merged', handle })
    await new Promise<void>((resolve) => {
      clock.after(random.fraction() * PAUSE_MS * round, resolve)
    })
    const again = await store.reread(read.token)
    if (again.state !== 'open') break
    stored = again.stored
    if (round === MOST_ROUNDS)
      throw new SessionConflictError(
        `${MOST_ROUNDS} other requests wrote to the session first: is something in a loop?`,
      )
  }
  events.emit({ type: 'write-dropped', handle })
  return { state: 'gone' }
}
