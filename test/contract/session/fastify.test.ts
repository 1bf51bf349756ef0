import { Readable } from 'node:stream'

import { fastify } from 'fastify'

import { fastifySessions } from '../../../src/adapter/fastify.ts'
import { routes, sessionAdapterContract } from './adapter-contract.ts'

sessionAdapterContract('Fastify', async (sessions) => {
  const app = fastify()
  await app.register(fastifySessions, { sessions })
  app.get('/stream', async ({ session }, reply) => {
    session.set('streamed', true)
    return reply.type('text/plain').send(Readable.from(['a', 'b', 'c']))
  })
  for (const { method, path, answer } of routes) {
    app.route({
      method,
      url: path,
      // Without returning the reply: what is commonly written, and would be sent twice by a hook that takes its time.
      handler: async ({ session, body }, reply) => {
        const answered = await answer(session, body ?? {})
        void reply.send(answered)
      },
    })
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
})
