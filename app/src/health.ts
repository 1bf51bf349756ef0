import type { Cache } from 'holdfast'

import type { Route } from './route.ts'

/** `/livez`: the process answers. `/readyz`: it can serve, if only from the database while Redis is away (`degraded`). */
export function healthRoutes(cache: Cache | undefined): readonly Route[] {
  const about = { method: 'GET', role: 'anyone' } as const
  return [
    { ...about, path: '/livez', summary: 'Whether the process answers', handler: async () => ({ status: 'ok' }) },
    {
      ...about,
      path: '/readyz',
      summary: 'Whether it can serve; degraded while Redis is away and the database answers',
      handler: async () => ({ status: cache?.health().state ?? 'ok' }),
    },
  ]
}
