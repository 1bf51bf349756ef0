/** Passport, which brings its own idea of a session: on ours, and on express-session with our store. */
import express, { type Express, type Request, type RequestHandler } from 'express'
import session from 'express-session'
import passport from 'passport'
import { describe, expect, it, onTestFinished } from 'vitest'

import { expressSessions, toExpressStore } from '../../../src/adapter/express.ts'
import type { Sessions } from '../../../src/index.ts'
import { listen } from '../../support/listen.ts'
import { cookieOf, sessionServer } from '../../support/session-server.ts'

const server = sessionServer()

/** Logs in whoever the body names. */
class TrustingStrategy extends passport.Strategy {
  override readonly name = 'trusting'
  override authenticate(request: Request): void {
    this.success({ id: (request.body as { readonly user: string }).user })
  }
}

function appWith(sessionMiddleware: RequestHandler): Express {
  const authenticator = new passport.Passport()
  authenticator.use(new TrustingStrategy())
  authenticator.serializeUser((user, done) => done(null, (user as { readonly id: string }).id))
  authenticator.deserializeUser((id: string, done) => done(null, { id }))
  const app = express()
  app.set('env', 'test')
  app.use(express.json(), sessionMiddleware, authenticator.initialize(), authenticator.session())
  app.get('/me', (request, response) => {
    const user = request.user as { readonly id: string } | undefined
    response.json({ user: user?.id ?? null, seen: (request.session as { readonly seen?: number }).seen ?? 0 })
  })
  app.post('/seen', (request, response) => {
    const data = request.session as { seen?: number }
    data.seen = (data.seen ?? 0) + 1
    response.json({ seen: data.seen })
  })
  app.post('/slow', async (request, response) => {
    await new Promise((resolve) => setTimeout(resolve, (request.body as { readonly ms: number }).ms))
    Object.assign(request.session, { late: true })
    response.json({})
  })
  app.post('/login', authenticator.authenticate('trusting', { keepSessionInfo: true }), (_request, response) => {
    response.json({})
  })
  app.post('/logout', (request, response, next) => {
    request.logout((error) => (error ? next(error) : void response.json({})))
  })
  return app
}

async function start(app: Express) {
  const { url, close } = await listen(app)
  onTestFinished(close)
  return async (method: string, path: string, { cookie = '', body = {} }: { cookie?: string; body?: object } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { cookie, origin: url, ...(method === 'POST' && { 'content-type': 'application/json' }) },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    })
    const cookies = response.headers.getSetCookie()
    return { status: response.status, body: await response.json(), cookie: cookieOf(cookies[0]), cookies }
  }
}

const withOurs = (sessions: Sessions): RequestHandler => expressSessions(sessions)
const withStore = (sessions: Sessions): RequestHandler =>
  session({
    secret: 'a secret of express-session',
    resave: false,
    saveUninitialized: false,
    store: toExpressStore(sessions, session.Store),
  })

describe.each([
  ['our middleware', withOurs],
  ['express-session and our store', withStore],
])('Passport with %s', (_, middleware) => {
  it('logs in under another cookie with the data of before, and out again', async () => {
    const { sessions } = server.open()
    const ask = await start(appWith(middleware(sessions)))
    const { cookie: before } = await ask('POST', '/seen')
    const login = await ask('POST', '/login', { cookie: before, body: { user: 'ada' } })
    expect(login.status).toBe(200)
    expect(login.cookies).toHaveLength(1)
    expect(login.cookie).not.toBe(before)
    expect((await ask('GET', '/me', { cookie: login.cookie })).body).toEqual({ user: 'ada', seen: 1 })
    expect((await ask('GET', '/me', { cookie: before })).body).toEqual({ user: null, seen: 0 })
    expect(await sessions.count()).toBe(1)

    await ask('POST', '/seen', { cookie: login.cookie })
    expect((await ask('GET', '/me', { cookie: login.cookie })).body).toEqual({ user: 'ada', seen: 2 })
    expect((await ask('POST', '/logout', { cookie: login.cookie })).status).toBe(200)
    expect((await ask('GET', '/me', { cookie: login.cookie })).body).toEqual({ user: null, seen: 0 })
  })

  it('stays logged out, though a slow request of before ends later', async () => {
    const { sessions, events } = server.open()
    const ask = await start(appWith(middleware(sessions)))
    const { cookie } = await ask('POST', '/login', { body: { user: 'ada' } })
    const slow = ask('POST', '/slow', { cookie, body: { ms: 100 } })
    await new Promise((resolve) => setTimeout(resolve, 30))
    await ask('POST', '/logout', { cookie })
    expect((await slow).status).toBe(200)
    expect((await ask('GET', '/me', { cookie })).body).toEqual({ user: null, seen: 0 })
    expect(events.filter(({ type }) => type === 'write-dropped')).toHaveLength(1)
  })
})

describe('Passport with our middleware', () => {
  it('has its users known by their ids, so that they can be logged out everywhere', async () => {
    const { sessions } = server.open()
    const ask = await start(appWith(withOurs(sessions)))
    const { cookie } = await ask('POST', '/login', { body: { user: 'ada' } })
    expect(await sessions.list('ada')).toHaveLength(1)
    expect(await sessions.revokeUser('ada')).toBe(1)
    expect((await ask('GET', '/me', { cookie })).body).toEqual({ user: null, seen: 0 })
  })
})

describe('the store for express-session', () => {
  it('answers an error with its status while Redis is away, and lets cookies live as long as their sessions', async () => {
    const { sessions, redis } = server.open()
    const store = toExpressStore(sessions, session.Store)
    const app = express()
    app.set('env', 'test')
    app.use(session({ secret: 's', resave: false, saveUninitialized: false, cookie: { maxAge: 60_000 }, store }))
    app.get('/', (request, response) => {
      Object.assign(request.session, { seen: true })
      response.json({ expires: request.session.cookie.expires })
    })
    const ask = await start(app)
    const { cookie } = await ask('GET', '/')
    const { body } = await ask('GET', '/', { cookie })
    const expires = Date.parse((body as { readonly expires: string }).expires)
    expect(Math.abs(expires - Date.now() - 1_800_000)).toBeLessThan(10_000)
    await redis.close()
    const { url, close } = await listen(app)
    onTestFinished(close)
    expect((await fetch(url, { headers: { cookie } })).status).toBe(503)
  })
})
