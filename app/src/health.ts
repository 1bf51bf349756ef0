import type { Cache } from 'holdfast'

import type { Route } from './route.ts'

/** `/livez`: the process answers. `/readyz`: it can serve, if only from the database while Redis is away (`degraded`). */
export function healthRoutes(cache: Cache): readonly Route[] {
  return [
    { method: 'GET', path: '/livez', role: 'anyone', handler: async () => ({ status: 'ok' }) },
    { method: 'GET', path: '/readyz', role: 'anyone', handler: async () => ({ status: cache.health().state }) },
  ]
}
