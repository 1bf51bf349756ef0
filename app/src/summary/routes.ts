import { ReadyJson, type Route } from '../route.ts'
import type { SummaryJson } from './cached.ts'

export function summaryRoutes(summary: SummaryJson): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/summary',
      role: 'anyone',
      summary: 'The newest versions, what waits for a decision, and what was decided last',
      handler: async ({ ifNoneMatch }) => new ReadyJson(await summary(ifNoneMatch)),
    },
  ]
}
