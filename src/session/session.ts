/**
 * The session of one request: read once, changed in this process, written once by `commit()`.
 *
 * Logging out happens at once, since it must hold even if the request fails afterwards. All else waits for `commit()`, which
 * comes before the first byte of the response: a cookie must not reach a browser before its session is in Redis.
 *
 * It shows its handle and nothing else when it is printed.
 */
import { LoginRequiredError, SessionInvalidError } from '../base/errors.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { applyChange, differences, following, withChanges, type Change } from './changes.ts'
import { commitSession, type Outcome, type Transition } from './commit.ts'
import { dataOf, readDocument, type Login, type SessionData } from './document.ts'
import { endSession, newToken, type SessionDeps } from './deps.ts'
import type { StoredSession } from './session-store.ts'
import { handleOf, type Token } from './token.ts'
import type { Device } from './user-sessions.ts'
import { checkUser } from './user-tags.ts'
import { csrfToken, isCsrfToken } from './csrf.ts'
import { writeSafely } from './plain-json.ts'

export interface LoginOptions {
  /** What the list of devices calls it, such as `Firefox on Linux`: up to 200 characters. @default '' */
  readonly label?: string
  /**
   * Whether the data of before go on, such as a cart. Those of another user never do.
   * @default true
   */
  readonly keep?: boolean
}

export interface LogoutOptions {
  /** Ends every session of the user. @default false */
  readonly everywhere?: boolean
}

/** What a response must carry. Without anything it may be cached and compressed like any other. */
export interface Committed {
  /** The Set-Cookie header. */
  readonly setCookie?: string
  /** All headers, by their lower-case names; `set-cookie` among them. */
  readonly headers: Readonly<Record<string, string>>
}

/** A device, seen from one of them. */
export interface OwnDevice extends Device {
  /** Whether it is the one that asks. */
  readonly current: boolean
}

/** What Redis said of the request's cookie. */
export type Standing =
  /** `gone`: its cookie may have named a session once. */
  | { readonly name: 'absent'; readonly gone?: Token }
  | { readonly name: 'open'; readonly stored: StoredSession }
  | { readonly name: 'unavailable'; readonly error: Error }

type Cookie =
  | { readonly name: 'untouched' }
  | { readonly name: 'set'; readonly value: string }
  | { readonly name: 'cleared' }

const STAY: Transition = { name: 'stay' }
const NOTHING: Committed = Object.freeze({ headers: Object.freeze({}) })
const MAX_NAME = 256
const MAX_LABEL = 200

export class Session {
  readonly #deps: SessionDeps
  #standing: Standing
  #data: SessionData
  #changes: readonly Change[] = []
  // Whether somebody was handed the data themselves, so that only a comparison tells what became of them.
  #viewed = false
  #transition: Transition = STAY
  #cookie: Cookie = { name: 'untouched' }
  // The token of a session that is yet to be created, where something had to be bound to it before.
  #draft: Token | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** @internal */
  constructor(deps: SessionDeps, standing: Standing) {
    this.#deps = deps
    this.#standing = standing
    this.#data = standing.name === 'open' ? dataOf(standing.stored.document.data) : dataOf()
  }

  /** False when Redis could not be asked: it is then nobody's session, and takes no writes. */
  get available(): boolean {
    return this.#standing.name !== 'unavailable'
  }

  /** Names the session in lists and events; undefined when there is none. Not a secret, and of no use as a cookie. */
  get handle(): string | undefined {
    return this.#standing.name === 'open' ? handleOf(this.#standing.stored.token.hash) : undefined
  }

  /** Who is logged in, as `login()` was told; undefined when nobody is. */
  get user(): string | undefined {
    return this.#login?.user
  }

  /** When the credentials were last seen, in ms since 1970. */
  get loginAtMs(): number | undefined {
    return this.#login?.atMs
  }

  /** Whether `commit()` has nothing to write and nothing to send. */
  get settled(): boolean {
    return (
      this.#cookie.name === 'untouched' && !this.#draft && this.#transition === STAY && this.#pending().length === 0
    )
  }

  /** The value of a name. To change something inside of it, `set()` it afterwards, or change it in `data`. */
  get(name: string): unknown {
    return Object.hasOwn(this.#data, name) ? this.#data[name] : undefined
  }

  /** @throws SessionInvalidError (ERR_HOLDFAST_SESSION_INVALID) for what JSON cannot carry; SessionUnavailableError */
  set(name: string, value: unknown): void {
    if (value === undefined) return this.delete(name)
    if (writeSafely(value) === undefined)
      throw new SessionInvalidError(`The value of ${JSON.stringify(name)} cannot be stored as JSON, or holds __proto__`)
    this.#change({ do: 'set', name, value })
  }

  /** @throws SessionUnavailableError (ERR_HOLDFAST_SESSION_UNAVAILABLE) */
  delete(name: string): void {
    this.#change({ do: 'delete', name })
  }

  /** Adds to a number, also when other requests add to it at the same time. @throws SessionUnavailableError */
  incr(name: string, amount = 1): number {
    if (!Number.isFinite(amount)) throw new SessionInvalidError(`incr() takes a number, got ${amount}`)
    this.#change({ do: 'add', name, amount })
    return Number(this.#data[name])
  }

  /** The value of a name, which goes with it: for a message to the next page. @throws SessionUnavailableError */
  flash(name: string): unknown {
    const value = this.get(name)
    if (value !== undefined) this.delete(name)
    return value
  }

  /** The data as an object. What is changed in it, however deep, is found by `commit()`, at the price of a comparison. */
  get data(): SessionData {
    this.#viewed = true
    return this.#data
  }

  /**
   * Logs a user in, under a new token: one that was planted before is worth nothing. Also to log the same user in again,
   * after another look at the credentials.
   *
   * @param user the id of the account. `commit()` rejects with a LoginRequiredError when it is revoked meanwhile
   * @throws SessionInvalidError (ERR_HOLDFAST_SESSION_INVALID); SessionUnavailableError
   */
  async login(user: string, { label = '', keep = true }: LoginOptions = {}): Promise<void> {
    this.#mustBeAvailable()
    checkUser(user)
    if (typeof label !== 'string' || label.length > MAX_LABEL || !label.isWellFormed())
      throw new SessionInvalidError(`A label is a text of up to ${MAX_LABEL} characters`)
    const stays = keep && (this.user === undefined || this.user === user)
    if (!stays) this.#replaceData(dataOf())
    this.#transition = {
      name: 'login',
      login: { user, label, atMs: this.#deps.moments.login() },
      keeps: stays,
    }
  }

  /** Gives the session another token: for a change of rights. @throws SessionUnavailableError */
  async regenerate(): Promise<void> {
    this.#mustBeAvailable()
    if (this.#transition === STAY) this.#transition = { name: 'renew' }
  }

  /** Ends the session at once, in Redis too. Afterwards it is a new one of nobody. @throws SessionUnavailableError */
  async logout({ everywhere = false }: LogoutOptions = {}): Promise<void> {
    this.#mustBeAvailable()
    const { user } = this
    await this.#inTurn(async () => {
      if (everywhere && user !== undefined) await this.#deps.users.revokeUser(user)
      else if (this.#standing.name === 'open') await endSession(this.#deps, this.#standing.stored, 'logout')
      else if (this.#standing.name === 'absent' && this.#standing.gone)
        await this.#deps.store.confirmEnd(this.#standing.gone)
      this.#forget()
      this.#cookie = { name: 'cleared' }
    })
  }

  /** Ends the user's other sessions; how many. @throws LoginRequiredError; SessionUnavailableError */
  async logoutOthers(): Promise<number> {
    const user = this.requireUser()
    const { handle } = this
    return this.#deps.users.revokeUser(user, handle === undefined ? {} : { except: handle })
  }

  /** The sessions of the user. @throws LoginRequiredError; SessionUnavailableError */
  async devices(): Promise<readonly OwnDevice[]> {
    const devices = await this.#deps.users.list(this.requireUser())
    return devices.map((device) => ({ ...device, current: device.handle === this.handle }))
  }

  /** Who is logged in. @throws LoginRequiredError (ERR_HOLDFAST_SESSION_LOGIN_REQUIRED, 401) when nobody is */
  requireUser(): string {
    if (this.user === undefined) throw new LoginRequiredError('Nobody is logged in')
    return this.user
  }

  /** The same if the credentials were seen within `maxAge`: before something that matters. @throws LoginRequiredError */
  requireFresh(maxAge: Duration): string {
    const user = this.requireUser()
    const ageMs = this.#deps.clock.wallMs() - (this.loginAtMs ?? 0)
    if (ageMs <= toMs(maxAge, 'maxAge')) return user
    throw new LoginRequiredError('The login is too long ago for this: ask for the credentials again')
  }

  /** A token for a form, good for this session. It makes a session where there is none. @throws SessionUnavailableError */
  csrfToken(): string {
    this.#mustBeAvailable()
    return csrfToken(this.#deps.ring, this.#tokenForNow().hash)
  }

  /** Whether a form brought back a token of this session. */
  isCsrfToken(token: unknown): boolean {
    if (this.#standing.name !== 'open') return false
    const isOurs = isCsrfToken(this.#deps.ring, this.#standing.stored.token.hash, token)
    if (!isOurs) this.#deps.events.emit({ type: 'request-forged', why: 'token' })
    return isOurs
  }

  /**
   * Writes what was changed, in one command, and says what the response must carry. Before the response begins; it may be
   * called again. When the session was ended meanwhile, the changes are dropped and the response goes on.
   *
   * @throws SessionUnavailableError, SessionConflictError, SessionInvalidError; LoginRequiredError after `login()`
   */
  async commit(): Promise<Committed> {
    if (this.settled) return NOTHING
    return this.#inTurn(async () => {
      await this.#write()
      return this.#committed()
    })
  }

  /** Shown when printed. */
  toJSON(): { readonly handle: string | undefined } {
    return { handle: this.handle }
  }

  get #login(): Login | undefined {
    if (this.#transition.name === 'login') return this.#transition.login
    return this.#standing.name === 'open' ? this.#standing.stored.document.login : undefined
  }

  #change(change: Change): void {
    this.#mustBeAvailable()
    const { name } = change
    if (
      typeof name !== 'string' ||
      name === '' ||
      name.length > MAX_NAME ||
      name === '__proto__' ||
      !name.isWellFormed()
    )
      throw new SessionInvalidError(`A name in a session is a text of 1 to ${MAX_NAME} characters, and not __proto__`)
    this.#changes = following(this.#changes, change)
    applyChange(this.#data, change)
  }

  /** The changes to be written: those that were asked for, and those that were made in `data`. */
  #pending(): readonly Change[] {
    if (!this.#viewed) return this.#changes
    const found = differences(withChanges(this.#readData(), this.#changes), this.#data)
    return found.reduce(following, this.#changes)
  }

  /** The data as they were read, untouched by what was done inside of them. */
  #readData(): SessionData {
    const read = this.#standing.name === 'open' ? readDocument(this.#standing.stored.text) : undefined
    return read?.data ?? dataOf()
  }

  async #write(): Promise<void> {
    const changes = this.#pending()
    const transition = this.#transition
    if (transition === STAY && changes.length === 0 && !this.#draft) return
    if (this.#standing.name === 'unavailable') throw this.#standing.error
    const [stored, draft] = [this.#standing.name === 'open' ? this.#standing.stored : undefined, this.#draft]
    const asked = this.#changes
    this.#changes = []
    try {
      this.#become(await commitSession(this.#deps, { stored, changes, transition, draft }), changes)
    } catch (error) {
      this.#changes = this.#changes.reduce(following, asked)
      throw error
    }
  }

  #become(outcome: Outcome, written: readonly Change[]): void {
    if (outcome.state === 'gone') return this.#forget()
    const { stored } = outcome
    if (this.#standing.name !== 'open' || this.#standing.stored.token.hash !== stored.token.hash)
      this.#cookie = { name: 'set', value: stored.token.cookieValue }
    // Written as it was asked for, and nobody else's changes in it: the data are what they are to be.
    const isOurs = !this.#viewed && !outcome.merged && this.#standing.name === 'open' && this.#transition === STAY
    // What was changed while Redis was asked is left for the next commit.
    const since = this.#viewed ? differences(withChanges(this.#readData(), written), this.#data) : this.#changes
    this.#standing = { name: 'open', stored }
    this.#transition = STAY
    this.#draft = undefined
    this.#changes = since
    if (!isOurs) this.#adopt(withChanges(this.#readData(), since))
  }

  /** Takes over what other requests wrote; what is the same stays the same object, since somebody may hold it. */
  #adopt(data: SessionData): void {
    for (const { do: what, name } of differences(this.#data, data)) {
      if (what === 'delete') delete this.#data[name]
      else this.#data[name] = data[name]
    }
  }

  #forget(): void {
    this.#standing = { name: 'absent' }
    this.#transition = STAY
    this.#draft = undefined
    this.#replaceData(dataOf())
    this.#changes = []
  }

  /** In place, for whoever holds `data`. */
  #replaceData(data: SessionData): void {
    for (const name of Object.keys(this.#data)) {
      delete this.#data[name]
      this.#changes = following(this.#changes, { do: 'delete', name })
    }
    Object.assign(this.#data, data)
  }

  #tokenForNow(): Token {
    if (this.#standing.name === 'open') return this.#standing.stored.token
    this.#draft ??= newToken()
    return this.#draft
  }

  #committed(): Committed {
    if (this.#cookie.name === 'untouched') return NOTHING
    const { cookie, clearSiteData } = this.#deps
    const isCleared = this.#cookie.name === 'cleared'
    const setCookie = this.#cookie.name === 'set' ? cookie.set(this.#cookie.value) : cookie.clear()
    return {
      setCookie,
      headers: {
        'set-cookie': setCookie,
        // A cache that keeps this response would hand one user's cookie to the next.
        'cache-control': 'no-store',
        vary: 'Cookie',
        ...(isCleared && clearSiteData !== false && { 'clear-site-data': clearSiteData }),
      },
    }
  }

  #mustBeAvailable(): void {
    if (this.#standing.name === 'unavailable') throw this.#standing.error
  }

  /** One after the other: a framework and a handler may both commit. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
