/**
 * What every adapter of a framework does with sessions: the same requests, the same answers. An adapter's test file says
 * how its framework mounts the routes below; all that is asserted is here.
 */
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'

import { createRedis, createSessions, type Session, type Sessions } from '../../../src/index.ts'
import { freePort } from '../../../src/testing/free-port.ts'
import type { Listening } from '../../support/listen.ts'
import { cookieOf, sessionServer } from '../../support/session-server.ts'

/** What a route answers with, as JSON. */
export type Answer = (session: Session, input: { readonly user?: string }) => unknown

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly answer: Answer
}

export const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/me',
    answer: ({ user, handle }) => ({ user: user ?? null, hasSession: handle !== undefined }),
  },
  {
    method: 'POST',
    path: '/login',
    async answer(session, { user = '' }) {
      await session.login(user)
      return { user: session.user }
    },
  },
  {
    method: 'POST',
    path: '/logout',
    async answer(session) {
      await session.logout()
      return { user: null }
    },
  },
  { method: 'POST', path: '/visit', answer: (session) => ({ visits: session.incr('visits') }) },
  { method: 'GET', path: '/mine', answer: (session) => ({ user: session.requireUser() }) },
  {
    method: 'GET',
    path: '/broken',
    answer(session) {
      session.set('half', 'done')
      throw new Error('broken')
    },
  },
]

/** Serves {@link routes}; `GET /stream` besides sets `streamed` in the session and writes `a`, `b`, `c` one by one. */
export type Serve = (sessions: Sessions) => Promise<Listening>

interface Asked {
  readonly cookie?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export function sessionAdapterContract(name: string, serve: Serve): void {
  const server = sessionServer()

  async function start(sessions: Sessions) {
    const running = await serve(sessions)
    onTestFinished(() => running.close())
    return async (method: string, path: string, { cookie, body, headers = {} }: Asked = {}) => {
      const response = await fetch(`${running.url}${path}`, {
        method,
        headers: {
          origin: running.url,
          ...(cookie !== undefined && { cookie }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        body: (text.startsWith('{') ? JSON.parse(text) : text) as Readonly<Record<string, unknown>>,
        headers: response.headers,
        setCookies: response.headers.getSetCookie(),
        cookie: cookieOf(response.headers.getSetCookie().find((header) => header.startsWith('__Host-id='))),
      }
    }
  }
  const open = () => server.open()
  afterAll(async () => expect(await server.acl.denied()).toEqual([]))
  const loggedIn = async () => {
    const opened = open()
    const ask = await start(opened.sessions)
    const { cookie } = await ask('POST', '/login', { body: { user: 'ada' } })
    return { ...opened, ask, cookie }
  }

  describe(`sessions in ${name}`, () => {
    it('are none for a visitor, who gets no cookie', async () => {
      const ask = await start(open().sessions)
      const answer = await ask('GET', '/me')
      expect([answer.status, answer.body, answer.setCookies]).toEqual([200, { user: null, hasSession: false }, []])
      expect(answer.headers.get('cache-control')).not.toBe('no-store')
    })

    it('are written before the response, which carries the cookie and is kept by no cache', async () => {
      const { ask, sessions } = await loggedIn()
      const answer = await ask('POST', '/login', { body: { user: 'eve' } })
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({ user: 'eve' })
      expect(answer.setCookies).toHaveLength(1)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('vary')).toContain('Cookie')
      expect((await sessions.load(answer.cookie)).user).toBe('eve')
      expect((await ask('GET', '/me', { cookie: answer.cookie })).body).toEqual({ user: 'eve', hasSession: true })
    })

    it('give no second cookie, and count parallel requests', async () => {
      const { ask, cookie } = await loggedIn()
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask('POST', '/visit', { cookie })))
      expect(answers.map(({ status, setCookies }) => [status, setCookies.length])).toEqual(
        Array.from({ length: 8 }, () => [200, 0]),
      )
      expect((await ask('POST', '/visit', { cookie })).body).toEqual({ visits: 9 })
    })

    it('end at logout, which tells the browser to forget', async () => {
      const { ask, cookie } = await loggedIn()
      const answer = await ask('POST', '/logout', { cookie })
      expect(answer.setCookies).toEqual([expect.stringMatching(/^__Host-id=;.*Max-Age=0/)])
      expect(answer.headers.get('clear-site-data')).toBe('"cache", "storage"')
      expect((await ask('GET', '/me', { cookie })).body).toEqual({ user: null, hasSession: false })
    })

    it('answer 401 where a login is required', async () => {
      const { ask, cookie } = await loggedIn()
      expect((await ask('GET', '/mine')).status).toBe(401)
      expect((await ask('GET', '/mine', { cookie })).status).toBe(200)
    })

    it('are written before a response that streams', async () => {
      const { ask, cookie, sessions } = await loggedIn()
      const answer = await ask('GET', '/stream', { cookie })
      expect([answer.status, answer.body]).toEqual([200, 'abc'])
      expect((await sessions.load(cookie)).get('streamed')).toBe(true)
      const visitor = await ask('GET', '/stream')
      expect(visitor.body).toBe('abc')
      expect((await sessions.load(visitor.cookie)).get('streamed')).toBe(true)
    })

    it('leave the error of a handler to the framework', async () => {
      const { ask, cookie } = await loggedIn()
      expect((await ask('GET', '/broken', { cookie })).status).toBe(500)
      expect((await ask('GET', '/me', { cookie })).status).toBe(200)
    })

    it.each([
      ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
      ['a sibling', { 'sec-fetch-site': 'same-site', origin: 'https://sibling.example' }],
      ['an origin alone', { origin: 'https://evil.example' }],
      ['nowhere', { origin: 'null' }],
    ])('refuse what comes from %s', async (_, headers) => {
      const { ask, cookie, sessions } = await loggedIn()
      const answer = await ask('POST', '/logout', { cookie, headers })
      expect([answer.status, answer.setCookies]).toEqual([403, []])
      expect((await sessions.load(cookie)).user).toBe('ada')
      expect((await ask('GET', '/me', { cookie, headers })).status).toBe(200)
    })

    it('answer 503 and touch no cookie while Redis is away', async () => {
      const gone = createRedis({ url: `redis://127.0.0.1:${await freePort()}` })
      onTestFinished(() => gone.close())
      const { ring } = open()
      const ask = await start(createSessions({ redis: gone, keys: ring }))
      const cookie = `__Host-id=ff${'A'.repeat(43)}`
      const [read, write] = [await ask('GET', '/me', { cookie }), await ask('POST', '/visit')]
      expect([read.status, read.setCookies]).toEqual([503, []])
      // Nothing was read for it, so it fails where it is written.
      expect([write.status, write.setCookies]).toEqual([503, []])
      expect((await ask('GET', '/me')).status).toBe(200)
    })
  })
}
