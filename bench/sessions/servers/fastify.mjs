/** Fastify with Holdfast, @fastify/session and connect-redis, or iron-session: `fastify.mjs <contender> <redis url>`. */
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import { RedisStore } from 'connect-redis'
import fastify from 'fastify'
import { fastifySessions } from 'holdfast/fastify'
import { getIronSession } from 'iron-session'
import { createClient } from 'redis'

import { sessionsAt } from './holdfast.mjs'
import { announce, BODY } from './route.mjs'

const SECRET = 'a secret of at least 32 characters'
const [contender, url] = process.argv.slice(2)
const peers = {
  '@fastify/session, defaults': { session: {}, store: {} },
  '@fastify/session, tuned': { session: { rolling: false, saveUninitialized: false }, store: { disableTouch: true } },
}

const app = fastify()
if (contender === 'Holdfast on Fastify') {
  await app.register(fastifySessions, { sessions: sessionsAt(url) })
  app.post('/login', async (request) => {
    await request.session.login('ada')
    for (const [name, value] of Object.entries(BODY)) request.session.set(name, value)
    return { ok: true }
  })
  app.get('/value', async (request) => ({ value: request.session.get('field7') }))
  app.post('/value', async (request) => ({ count: request.session.incr('count') }))
} else if (contender === 'iron-session') {
  const options = { password: SECRET, cookieName: 'iron', cookieOptions: { secure: false } }
  const of = (request, reply) => getIronSession(request.raw, reply.raw, options)
  app.post('/login', async (request, reply) => {
    const mine = await of(request, reply)
    Object.assign(mine, BODY)
    await mine.save()
    return { ok: true }
  })
  app.get('/value', async (request, reply) => ({ value: (await of(request, reply)).field7 }))
  app.post('/value', async (request, reply) => {
    const mine = await of(request, reply)
    mine.count = (mine.count ?? 0) + 1
    await mine.save()
    return { count: mine.count }
  })
} else {
  const client = createClient({ url })
  await client.connect()
  const store = new RedisStore({ client, ...peers[contender].store })
  await app.register(cookie)
  // Secure is the default, and over plain HTTP it would save nothing at all.
  await app.register(session, { secret: SECRET, store, cookie: { secure: false }, ...peers[contender].session })
  app.post('/login', async (request) => {
    await request.session.regenerate()
    Object.assign(request.session, { user: 'ada' }, BODY)
    return { ok: true }
  })
  app.get('/value', async (request) => ({ value: request.session.field7 }))
  app.post('/value', async (request) => {
    request.session.count = (request.session.count ?? 0) + 1
    return { count: request.session.count }
  })
}
await app.ready()
announce(app.server)
