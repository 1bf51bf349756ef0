/**
 * The admin API for Fastify: `await app.register(fastifyAdmin, { prefix: '/ops/cache', admin })`. Hooks of the application
 * run before it, those of sessions too, so `authorize` may use what they have found.
 */
import type { FastifyPluginCallback } from 'fastify'

import type { Admin } from '../admin/admin.ts'
import { answerByAdmin } from './node-admin.ts'

export interface FastifyAdminOptions {
  readonly admin: Admin
}

export const fastifyAdmin: FastifyPluginCallback<FastifyAdminOptions> = (app, { admin }, done) => {
  // Bodies are read by the admin API, within its own bound.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
  for (const url of ['/', '/*']) {
    app.all(url, { exposeHeadRoute: false }, async (request, reply) => {
      reply.hijack()
      const mounted = { url: request.originalUrl, basePath: app.prefix }
      await answerByAdmin(admin, request.raw, reply.raw, mounted)
    })
  }
  done()
}
