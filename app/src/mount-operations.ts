import { fastifyAdmin } from 'holdfast/fastify'
import type { FastifyInstance } from 'fastify'

import { createAuthenticate } from './auth.ts'
import { HttpError } from './errors.ts'
import { ADMIN_PATH, isLocal, type Operations } from './operations.ts'

/**
 * Mounts the admin API, and `/metrics`, which this machine reads without a token and others read with one.
 *
 * @param metricsToken undefined: nobody else reads it
 */
export function mountOperations(
  app: FastifyInstance,
  { admin, metrics, close }: Operations,
  metricsToken: string | undefined,
): void {
  void app.register(fastifyAdmin, { prefix: ADMIN_PATH, admin })
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
