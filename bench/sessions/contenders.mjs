/**
 * The servers under test: one route that reads the session, one that writes it, one that logs in. Each keeps the same 1 KB
 * in the session and answers the same bytes, so what differs is the session layer.
 */

import cookie from '@fastify/cookie'
import { RedisStore } from 'connect-redis'
import express from 'express'
import expressSession from 'express-session'
import { fastify } from 'fastify'
import { createRedis, createSessions } from 'holdfast'
import { expressSessions, sessionOf } from 'holdfast/express'
import { fastifySessions } from 'holdfast/fastify'
import { getIronSession } from 'iron-session'
import { createClient } from 'redis'

/** A session as a web shop or an API gateway keeps one: about 1 KB as JSON. */

/** A running server, and how it ends. */

// It and Holdfast's plugin both say what `request.session` is, so its types must not be here.
const FASTIFY_SESSION = '@fastify/session'
const cartOf = (request) => request.session

const SECRET = 'a secret of the benchmark, of no use anywhere else'
const HALF_AN_HOUR_S = 1800

function newCart() {
  const item = (index) => ({ id: `item-${index}`, title: `${'A thing to buy '.repeat(3)}${index}`, count: 1 })
  return { user: 'user-42', views: 0, items: Array.from({ length: 12 }, (_, index) => item(index)) }
}

const answer = (cart) => ({ user: cart?.user ?? 'nobody', views: cart?.views ?? 0 })

async function nodeRedis(url) {
  const client = createClient({ url })
  await client.connect()
  return client
}

function portOf(address) {
  if (typeof address === 'object' && address) return address.port
  throw new Error('The server does not listen')
}

async function listenFastify(app, end) {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    port: portOf(app.server.address()),
    async close() {
      await app.close()
      await end()
    },
  }
}

async function listenExpress(app, end) {
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: portOf(server.address()),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await end()
    },
  }
}

const KEYS = { keys: { bench: Buffer.from('6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19', 'hex') } }

const fastifyHoldfast = async (url) => {
  const redis = createRedis({ url })
  const sessions = createSessions({ redis, keys: KEYS, namespace: 'bench' })
  const app = fastify()
  await app.register(fastifySessions, { sessions })
  app.post('/login', async ({ session }) => {
    await session.login('user-42')
    session.set('cart', newCart())
    return { ok: true }
  })
  app.get('/read', async ({ session }) => answer(session.get('cart')))
  app.post('/write', async ({ session }) => {
    const cart = session.get('cart')
    const next = { ...(cart ?? newCart()), views: (cart?.views ?? 0) + 1 }
    session.set('cart', next)
    return answer(next)
  })
  return listenFastify(app, () => redis.close())
}

const expressHoldfast = async (url) => {
  const redis = createRedis({ url })
  const sessions = createSessions({ redis, keys: KEYS, namespace: 'bench' })
  const app = express()
  app.use(expressSessions(sessions))
  app.post('/login', async (request, response) => {
    const session = sessionOf(request)
    await session.login('user-42')
    session.set('cart', newCart())
    response.json({ ok: true })
  })
  app.get('/read', (request, response) => void response.json(answer(sessionOf(request).get('cart'))))
  app.post('/write', (request, response) => {
    const session = sessionOf(request)
    const cart = session.get('cart')
    const next = { ...(cart ?? newCart()), views: (cart?.views ?? 0) + 1 }
    session.set('cart', next)
    response.json(answer(next))
  })
  return listenExpress(app, () => redis.close())
}

/** @param tuned nothing that is not changed is saved, and no cookie is sent again */
const fastifySessionOf = (tuned) => async (url) => {
  const client = await nodeRedis(url)
  const plugin = await import(FASTIFY_SESSION)
  const app = fastify()
  await app.register(cookie)
  await app.register(plugin.default, {
    secret: SECRET,
    cookie: { secure: false, maxAge: HALF_AN_HOUR_S * 1000 },
    store: new RedisStore({ client, ttl: HALF_AN_HOUR_S, disableTouch: tuned }),
    ...(tuned && { rolling: false, saveUninitialized: false }),
  })
  app.post('/login', async (request) => {
    cartOf(request).cart = newCart()
    return { ok: true }
  })
  app.get('/read', async (request) => answer(cartOf(request).cart))
  app.post('/write', async (request) => {
    const session = cartOf(request)
    const cart = session.cart ?? newCart()
    session.cart = { ...cart, views: cart.views + 1 }
    return answer(session.cart)
  })
  return listenFastify(app, () => client.close())
}

/** @param how its defaults; as its README sets them; or tuned, so that nothing unchanged is saved and no TTL is refreshed */
const expressSessionOf = (how) => async (url) => {
  const client = await nodeRedis(url)
  const app = express()
  app.use(
    expressSession({
      secret: SECRET,
      store: new RedisStore({ client, ttl: HALF_AN_HOUR_S, disableTouch: how === 'tuned' }),
      resave: how === 'defaults',
      saveUninitialized: how === 'defaults',
    }),
  )
  app.post('/login', (request, response) => {
    request.session.cart = newCart()
    response.json({ ok: true })
  })
  app.get('/read', (request, response) => void response.json(answer(request.session.cart)))
  app.post('/write', (request, response) => {
    const cart = request.session.cart ?? newCart()
    request.session.cart = { ...cart, views: cart.views + 1 }
    response.json(answer(request.session.cart))
  })
  return listenExpress(app, () => client.close())
}

/** No Redis at all: the session travels in the cookie. For reference. */
const iron = async () => {
  const app = express()
  const load = (request, response) =>
    getIronSession(request, response, {
      password: SECRET,
      cookieName: 'iron',
      cookieOptions: { secure: false },
    })
  app.post('/login', async (request, response) => {
    const session = await load(request, response)
    session.cart = newCart()
    await session.save()
    response.json({ ok: true })
  })
  app.get('/read', async (request, response) => {
    response.json(answer((await load(request, response)).cart))
  })
  app.post('/write', async (request, response) => {
    const session = await load(request, response)
    const cart = session.cart ?? newCart()
    session.cart = { ...cart, views: cart.views + 1 }
    await session.save()
    response.json(answer(session.cart))
  })
  return listenExpress(app, async () => undefined)
}

/** The same server without sessions: what the others cost on top of it. */
const bareFastify = async () => {
  const app = fastify()
  const cart = newCart()
  app.post('/login', async (_request, reply) => {
    void reply.header('set-cookie', 'none=1')
    return { ok: true }
  })
  app.get('/read', async () => answer(cart))
  app.post('/write', async () => answer(cart))
  return listenFastify(app, async () => undefined)
}

const bareExpress = async () => {
  const app = express()
  const cart = newCart()
  app.post('/login', (_request, response) => void response.setHeader('set-cookie', 'none=1').json({ ok: true }))
  app.get('/read', (_request, response) => void response.json(answer(cart)))
  app.post('/write', (_request, response) => void response.json(answer(cart)))
  return listenExpress(app, async () => undefined)
}

export const contenders = {
  'holdfast on Fastify': fastifyHoldfast,
  '@fastify/session, defaults': fastifySessionOf(false),
  '@fastify/session, tuned': fastifySessionOf(true),
  'Fastify without sessions': bareFastify,
  'holdfast on Express': expressHoldfast,
  'express-session, defaults': expressSessionOf('defaults'),
  'express-session, as its README': expressSessionOf('readme'),
  'express-session, tuned': expressSessionOf('tuned'),
  'iron-session': iron,
  'Express without sessions': bareExpress,
}
