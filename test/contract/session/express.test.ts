import express from 'express'

import { expressSessions, sessionOf } from '../../../src/adapter/express.ts'
import { listen } from '../../support/listen.ts'
import { routes, sessionAdapterContract } from './adapter-contract.ts'

sessionAdapterContract('Express', (sessions) => {
  const app = express()
  // Its default error handler prints errors in any other environment.
  app.set('env', 'test')
  app.use(express.json())
  app.use(expressSessions(sessions))
  app.get('/stream', (request, response) => {
    sessionOf(request).set('streamed', true)
    response.type('text')
    response.write('a')
    response.write('b')
    response.end('c')
  })
  for (const { method, path, answer } of routes) {
    app[method === 'GET' ? 'get' : 'post'](path, async (request, response) => {
      const input = (request.body ?? {}) as { readonly user?: string }
      response.json(await answer(sessionOf(request), input))
    })
  }
  return listen(app)
})
