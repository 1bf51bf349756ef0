import { readWhole } from '../query.ts'
import type { Route } from '../route.ts'
import { LONGEST_TRAIL, type Audit } from './trail.ts'

const DEFAULT_LIMIT = 100

/** @param nowMs milliseconds since 1970 */
export function auditRoutes(audit: Audit, nowMs: () => number): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/audit/features',
      role: 'anyone',
      summary: 'What was decided about feature requests, the newest first',
      query: {
        request_id: { type: 'string', maxLength: 30 },
        limit: { type: 'integer', minimum: 1, maximum: LONGEST_TRAIL, default: DEFAULT_LIMIT },
      },
      problems: { 422: 'The limit or the id is none' },
      async handler({ query }) {
        const limit = readWhole('limit', query['limit'], { fallback: DEFAULT_LIMIT, min: 1, max: LONGEST_TRAIL })
        const id = typeof query['request_id'] === 'string' ? query['request_id'] : undefined
        // What is no id is in no entry, and need not be kept.
        const entries = id !== undefined && !/^FR-\d{3,20}$/.test(id) ? [] : await audit.newest(id)
        const shown = entries.slice(0, limit)
        return { audit_entries: shown, total: shown.length, filtered_by_request: id ?? null }
      },
    },
    {
      method: 'GET',
      path: '/api/audit/integrity',
      role: 'admin',
      summary: 'Whether the audit trail is whole; read from the database each time',
      limit: 'admin',
      async handler() {
        const compromised = await audit.problems()
        return {
          integrity_valid: compromised.length === 0,
          compromised_entries: compromised,
          total_compromised: compromised.length,
          validation_timestamp: new Date(nowMs()).toISOString(),
        }
      },
    },
  ]
}
