import { fastify } from 'fastify'

import { fastifyAdmin } from '../../../src/adapter/fastify.ts'
import { adminAdapterContract } from './admin-contract.ts'

adminAdapterContract('Fastify', async (admin) => {
  const app = fastify({ forceCloseConnections: true })
  await app.register(fastifyAdmin, { prefix: '/ops/cache', admin })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
})
