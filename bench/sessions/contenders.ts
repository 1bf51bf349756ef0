/**
 * The servers under test: one route that reads the session, one that writes it, one that logs in. Each keeps the same 1 KB
 * in the session and answers the same bytes, so what differs is the session layer.
 */
import type { AddressInfo } from 'node:net'

import cookie from '@fastify/cookie'
import { RedisStore } from 'connect-redis'
import express, { type Express } from 'express'
import expressSession from 'express-session'
import { fastify, type FastifyInstance, type FastifyPluginCallback, type FastifyRequest } from 'fastify'
import { createRedis, createSessions } from 'holdfast'
import { expressSessions, sessionOf } from 'holdfast/express'
import { fastifySessions } from 'holdfast/fastify'
import { getIronSession, type IronSession } from 'iron-session'
import { createClient } from 'redis'

/** A session as a web shop or an API gateway keeps one: about 1 KB as JSON. */
interface Cart {
  user: string
  views: number
  items: readonly { readonly id: string; readonly title: string; readonly count: number }[]
}

declare module 'express-session' {
  interface SessionData {
    cart: Cart
  }
}

/** A running server, and how it ends. */
export interface Listening {
  readonly port: number
  close(): Promise<void>
}

export type Start = (redisUrl: string) => Promise<Listening>

// It and Holdfast's plugin both say what `request.session` is, so its types must not be here.
const FASTIFY_SESSION: string = '@fastify/session'
const cartOf = (request: FastifyRequest): { cart?: Cart } => request.session as unknown as { cart?: Cart }

const SECRET = 'a secret of the benchmark, of no use anywhere else'
const HALF_AN_HOUR_S = 1800

function newCart(): Cart {
  const item = (index: number) => ({ id: `item-${index}`, title: `${'A thing to buy '.repeat(3)}${index}`, count: 1 })
  return { user: 'user-42', views: 0, items: Array.from({ length: 12 }, (_, index) => item(index)) }
}

const answer = (cart: Cart | undefined): object => ({ user: cart?.user ?? 'nobody', views: cart?.views ?? 0 })

async function nodeRedis(url: string) {
  const client = createClient({ url })
  await client.connect()
  return client
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address === 'object' && address) return address.port
  throw new Error('The server does not listen')
}

async function listenFastify(app: FastifyInstance, end: () => Promise<unknown>): Promise<Listening> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    port: portOf(app.server.address()),
    async close() {
      await app.close()
      await end()
    },
  }
}

async function listenExpress(app: Express, end: () => Promise<unknown>): Promise<Listening> {
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

const fastifyHoldfast: Start = async (url) => {
  const redis = createRedis({ url })
  const sessions = createSessions({ redis, keys: KEYS, namespace: 'bench' })
  const app = fastify()
  await app.register(fastifySessions, { sessions })
  app.post('/login', async ({ session }) => {
    await session.login('user-42')
    session.set('cart', newCart())
    return { ok: true }
  })
  app.get('/read', async ({ session }) => answer(session.get('cart') as Cart | undefined))
  app.post('/write', async ({ session }) => {
    const cart = session.get('cart') as Cart | undefined
    const next = { ...(cart ?? newCart()), views: (cart?.views ?? 0) + 1 }
    session.set('cart', next)
    return answer(next)
  })
  return listenFastify(app, () => redis.close())
}

const expressHoldfast: Start = async (url) => {
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
  app.get(
    '/read',
    (request, response) => void response.json(answer(sessionOf(request).get('cart') as Cart | undefined)),
  )
  app.post('/write', (request, response) => {
    const session = sessionOf(request)
    const cart = session.get('cart') as Cart | undefined
    const next = { ...(cart ?? newCart()), views: (cart?.views ?? 0) + 1 }
    session.set('cart', next)
    response.json(answer(next))
  })
  return listenExpress(app, () => redis.close())
}

/** @param tuned nothing that is not changed is saved, and no cookie is sent again */
const fastifySessionOf =
  (tuned: boolean): Start =>
  async (url) => {
    const client = await nodeRedis(url)
    const plugin = (await import(FASTIFY_SESSION)) as { readonly default: FastifyPluginCallback<Readonly<Record<string, unknown>>> }
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
const expressSessionOf =
  (how: 'defaults' | 'readme' | 'tuned'): Start =>
  async (url) => {
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
const iron: Start = async () => {
  const app = express()
  const load = (request: express.Request, response: express.Response): Promise<IronSession<{ cart?: Cart }>> =>
    getIronSession<{ cart?: Cart }>(request, response, {
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
const bareFastify: Start = async () => {
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

const bareExpress: Start = async () => {
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
} as const satisfies Readonly<Record<string, Start>>

export type ContenderName = keyof typeof contenders
