import type { Route } from '../route.ts'
import type { Sources } from './cached.ts'

export function sourcesRoutes(sources: Sources): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/sources',
      role: 'anyone',
      async handler() {
        const counts = await sources.counts()
        return { sources: counts, total: counts.reduce((total, { documents }) => total + documents, 0) }
      },
    },
  ]
}
