/** Express with Holdfast, or with express-session and connect-redis: `express.mjs <contender> <redis url>`. */
import { createServer } from 'node:http'

import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import { expressSessions, sessionOf } from 'holdfast/express'
import { createClient } from 'redis'

import { sessionsAt } from './holdfast.mjs'
import { announce, BODY } from './route.mjs'

const [contender, url] = process.argv.slice(2)
const peers = {
  // The options of express-session that have a default have it.
  'express-session, defaults': { session: {}, store: {} },
  // What the README of connect-redis shows.
  'express-session, as documented': { session: { resave: false, saveUninitialized: false }, store: {} },
  'express-session, tuned': {
    session: { resave: false, saveUninitialized: false, rolling: false },
    store: { disableTouch: true },
  },
}

const app = express()
if (contender === 'Holdfast on Express') {
  app.use(expressSessions(sessionsAt(url)))
  app.post('/login', async (request, response) => {
    const mine = sessionOf(request)
    await mine.login('ada')
    for (const [name, value] of Object.entries(BODY)) mine.set(name, value)
    response.json({ ok: true })
  })
  app.get('/value', (request, response) => response.json({ value: sessionOf(request).get('field7') }))
  app.post('/value', (request, response) => response.json({ count: sessionOf(request).incr('count') }))
} else {
  const client = createClient({ url })
  await client.connect()
  const store = new RedisStore({ client, ...peers[contender].store })
  app.use(session({ secret: 'a secret of at least 32 characters', store, ...peers[contender].session }))
  app.post('/login', (request, response, next) => {
    request.session.regenerate((error) => {
      if (error) return next(error)
      Object.assign(request.session, { user: 'ada' }, BODY)
      response.json({ ok: true })
    })
  })
  app.get('/value', (request, response) => response.json({ value: request.session.field7 }))
  app.post('/value', (request, response) => {
    request.session.count = (request.session.count ?? 0) + 1
    response.json({ count: request.session.count })
  })
}
announce(createServer(app))
