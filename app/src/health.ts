import { createHealth } from 'holdfast'

import type { Holdfast } from './holdfast.ts'
import type { Route } from './route.ts'

const ASKING = new Request('http://service/healthz')

/**
 * `/livez`: the process answers. `/readyz`: it can serve, if only from the database while Redis is away (`degraded`).
 * `/healthz`: why it is not well, with what is known of the cache and of Redis; it names servers, so it is for admins.
 */
export function healthRoutes(holdfast: Pick<Holdfast, 'cache' | 'redis'> | undefined): readonly Route[] {
  const about = { method: 'GET', role: 'anyone' } as const
  const health = holdfast && createHealth(holdfast)
  return [
    { ...about, path: '/livez', summary: 'Whether the process answers', handler: async () => ({ status: 'ok' }) },
    {
      ...about,
      path: '/readyz',
      summary: 'Whether it can serve; degraded while Redis is away and the database answers',
      handler: async () => ({ status: health ? (await health.check()).status : 'ok' }),
    },
    {
      ...about,
      role: 'admin',
      path: '/healthz',
      summary: 'Why it is not well, with what is known of the cache and of Redis',
      handler: async () => (health ? (await health.healthz(ASKING)).json() : { status: 'ok', problems: [] }),
    },
  ]
}
