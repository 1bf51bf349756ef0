import { fastifyAdmin } from 'holdfast/fastify'
import type { FastifyInstance } from 'fastify'

import { createAuthenticate } from './auth.ts'
import { HttpError } from './errors.ts'
import { ADMIN_PATH, isLocal, type Operations } from './operations.ts'

/**
 * Mounts the admin API with its dashboard, whose page sends a stranger to log in, and `/metrics`, which this machine reads without a token and others read with one.
 *
 * @param metricsToken undefined: nobody else reads it
 */
export function mountOperations(
  app: FastifyInstance,
  { admin, isAdmin, metrics, close }: Operations,
  metricsToken: string | undefined,
): void {
  void app.register(async (scope) => {
    scope.addHook('onRequest', async ({ method, url, headers: { authorization, cookie } }, reply) => {
      if (method !== 'GET' || url !== `${ADMIN_PATH}/`) return undefined
      const headers = new Headers({
        ...(authorization !== undefined && { authorization }),
        ...(cookie !== undefined && { cookie }),
      })
      // A page without data would open, and say so in each of its parts. While Redis is away nobody is known: it opens then.
      const isKnown = await isAdmin(headers).catch(() => true)
      return isKnown ? undefined : reply.redirect('/login')
    })
    await scope.register(fastifyAdmin, { prefix: ADMIN_PATH, admin })
  })
  const isScraper = createAuthenticate(
    metricsToken === undefined ? [] : [{ token: metricsToken, user: 'metrics', id: 'metrics', role: 'guest' }],
  )
  app.get('/metrics', async (request, reply) => {
    const { ip, headers } = request
    if (!isLocal(ip, headers['x-forwarded-for']) && !isScraper(headers.authorization))
      throw new HttpError(401, 'Metrics are read from this machine, or with the token for them', {
        'WWW-Authenticate': 'Bearer',
      })
    const { contentType, text } = await metrics()
    return reply.type(contentType).send(text)
  })
  app.addHook('onClose', close)
}
