import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'

import { honoSessions, type SessionEnv } from '../../../src/adapter/hono.ts'
import { listen } from '../../support/listen.ts'
import { routes, sessionAdapterContract } from './adapter-contract.ts'

sessionAdapterContract('Hono', (sessions) => {
  const app = new Hono<SessionEnv>()
  app.use(honoSessions(sessions))
  app.onError((error) => ('getResponse' in error ? error.getResponse() : new Response('broken', { status: 500 })))
  app.get('/stream', (context) => {
    context.get('session').set('streamed', true)
    return context.body(ReadableStream.from([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]))
  })
  for (const { method, path, answer } of routes) {
    app.on(method, path, async (context) => {
      const input = await context.req.json<{ readonly user?: string }>().catch(() => ({}))
      return context.json((await answer(context.get('session'), input)) as object)
    })
  }
  const listener = getRequestListener(app.fetch)
  return listen((request, response) => void listener(request, response))
})
