/** What sessions tell while a stranger types all that may be typed: the transcript, as a log of JSON lines has it. */
import { randomBytes } from 'node:crypto'

import { describe, expect, it, onTestFinished } from 'vitest'

import { systemClock } from '../../../src/base/clock.ts'
import { createKeyRing, createRedis, createSessions, type SessionEvent } from '../../../src/index.ts'
import { parseToken } from '../../../src/session/token.ts'
import { freePort } from '../../../src/testing/free-port.ts'
import { commitOf, logIn, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()
const FORGED = '\r\n{"type":"session-created","handle":"planted"}\u2028\u0085\0\u001b[2J%0d%0a'
const USER = `babbage${FORGED}`

/** Names of sessions and of users as what they look like, so that any other text shows. */
function transcript(events: readonly SessionEvent[]): readonly string[] {
  return events.map((event) => {
    const shown = Object.entries(event).map(([name, value]: [string, unknown]) => {
      const isHandle = /^[\w-]{16}$/.test(String(value)) && (name === 'handle' || name === 'before')
      const isTag = /^[\w-]{22}$/.test(String(value)) && name === 'userTag'
      if (name === 'type') return value
      return `${name}: ${isHandle ? 'a handle' : isTag ? 'a tag' : value instanceof Error ? value.name : String(value)}`
    })
    return shown.join(', ')
  })
}

async function start() {
  const keys = { a: randomBytes(32), b: randomBytes(32) }
  const ring = createKeyRing({ keys, current: 'a' })
  const opened = server.open({ keys: ring, maxPerUser: 2, loginLimits: { pair: { attempts: 1, per: '1h' } } })
  const { sessions, redis, namespace, events } = opened
  const told: SessionEvent[] = []
  sessions.on((event) => told.push(event))
  const gone = createRedis({ url: `redis://127.0.0.1:${await freePort()}` })
  onTestFinished(() => gone.close())
  const elsewhere = {
    /** The same in a process whose key ring lacks the key. */
    keyless: createSessions({ redis, keys: { keys: { b: keys.b } }, namespace }),
    /** The same when the session is past its end. */
    later: createSessions({
      redis,
      keys: ring,
      namespace,
      clock: { ...systemClock, wallMs: () => Date.now() + 13 * 3_600_000 },
    }),
    away: createSessions({ redis: gone, keys: ring, namespace }),
  }
  for (const other of Object.values(elsewhere)) other.on((event) => told.push(event))
  return { sessions, namespace, events, told, ...elsewhere }
}

describe('the events of sessions', () => {
  it('are these, and hold nothing that somebody typed', async () => {
    const { sessions, namespace, told, keyless, later, away } = await start()
    const lines: string[] = []
    const of = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const before = told.length
      await work()
      lines.push(`--- ${what}`, ...transcript(told.slice(before)))
    }
    const forgotten = (promise: Promise<unknown>): Promise<unknown> => promise.catch(() => undefined)
    let cookie = ''

    await of('login', async () => (cookie = await logIn(sessions, USER, FORGED)))
    await of('regenerate', async () => {
      const session = await sessions.load(cookie)
      session.set(FORGED, FORGED)
      await session.regenerate()
      cookie = await commitOf(session)
    })
    await of('two writes, and one after the logout', async () => {
      const all = [await sessions.load(cookie), await sessions.load(cookie), await sessions.load(cookie)]
      for (const [at, session] of all.entries()) {
        session.set(`${FORGED}${at}`, FORGED)
        if (at === 2) await (await sessions.load(cookie)).logout()
        await session.commit()
      }
    })
    await of('more logins than the cap', async () => {
      for (const device of [1, 2, 3]) cookie = await logIn(sessions, USER, `${FORGED}${device}`)
    })
    await of('another login in the same browser', async () => {
      const session = await sessions.load(cookie)
      await session.login(USER)
      cookie = await commitOf(session)
    })
    await of('revoke of one', async () => sessions.revoke(USER, (await sessions.load(cookie)).handle ?? ''))
    await of('logout everywhere, with a login under way', async () => {
      const session = await sessions.load(undefined)
      await session.login(USER)
      expect(await sessions.list(USER)).toHaveLength(1)
      await sessions.revokeUser(USER)
      await forgotten(session.commit())
    })
    await of('two attempts', async () => {
      for (const _ of [1, 2]) await sessions.attempts.attempt({ address: FORGED, user: USER })
    })
    await of('forged requests', async () => {
      for (const origin of [{ origin: FORGED }, { fetchSite: FORGED }])
        expect(() => sessions.checkOrigin({ method: 'POST', host: FORGED, ...origin })).toThrow(
          'does not come from a page',
        )
      cookie = await logIn(sessions, USER)
      expect((await sessions.load(cookie)).isCsrfToken(FORGED)).toBe(false)
    })
    await of('cookies that are not ours', async () => {
      for (const value of [FORGED, `${FORGED}; __Host-id=${FORGED}`, FORGED.repeat(200), `ff${'A'.repeat(43)}`])
        await sessions.load(`__Host-id=${value}`)
      await sessions.records.read(FORGED.slice(0, 20))
    })
    await of('cookies that do not open', async () => {
      await keyless.load(cookie)
      await later.load(cookie)
      const token = parseToken(cookie.slice('__Host-id='.length))
      await server.admin.call('SETRANGE', `hf:${namespace}:s:{${token?.bucket}}:${token?.hash}`, 30, FORGED)
      await sessions.load(cookie)
    })
    await of('Redis away', () => forgotten(away.load(cookie)))

    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      --- login
      session-created, handle: a handle, userTag: a tag
      --- regenerate
      session-renewed, handle: a handle, before: a handle, userTag: a tag
      --- two writes, and one after the logout
      write-merged, handle: a handle
      session-ended, handle: a handle, why: logout, userTag: a tag
      write-dropped, handle: a handle
      --- more logins than the cap
      session-created, handle: a handle, userTag: a tag
      session-created, handle: a handle, userTag: a tag
      session-created, handle: a handle, userTag: a tag
      session-ended, handle: a handle, why: cap, userTag: a tag
      --- another login in the same browser
      session-created, handle: a handle, userTag: a tag
      session-ended, handle: a handle, why: login, userTag: a tag
      --- revoke of one
      session-ended, handle: a handle, why: revoked, userTag: a tag
      --- logout everywhere, with a login under way
      session-ended, handle: a handle, why: revoked, userTag: a tag
      user-revoked, userTag: a tag, sessions: 1
      login-refused, userTag: a tag, why: revoked
      --- two attempts
      attempt-limited, by: pair, userTag: a tag
      --- forged requests
      request-forged, why: origin
      request-forged, why: site
      session-created, handle: a handle, userTag: a tag
      request-forged, why: token
      --- cookies that are not ours
      cookie-refused, why: malformed
      cookie-refused, why: duplicate
      cookie-refused, why: oversized
      cookie-refused, why: unknown, handle: a handle
      cookie-refused, why: malformed
      --- cookies that do not open
      cookie-refused, why: unknown-key, handle: a handle
      cookie-refused, why: expired, handle: a handle
      cookie-refused, why: unreadable, handle: a handle
      --- Redis away
      sessions-unavailable, operation: session.read, error: SessionUnavailableError
      "
    `)
    for (const event of told) {
      const line = JSON.stringify(event)
      expect(line).not.toMatch(/planted|babbage/)
      // Nothing that a terminal, or what reads a log line by line, would obey; not even escaped.
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]|\\[urn]/u)
    }
  })
})
