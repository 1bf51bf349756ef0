/**
 * A route as data: what the handlers, the checks before them, the adapters, the OpenAPI document and the tests read. A route
 * that is not in the table does not exist, and one without a permission cannot be written.
 */
import type * as v from 'valibot'

import type { Hidden, Permission } from './access.ts'
import type { AuditAction } from './audit.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * Who may ask. `anyone-authenticated` is for what says who one is; `metrics` is /metrics, which loopback reads without a
 * login and others with a bearer token; `page` is the dashboard's own files, which hold no data.
 */
export type Access = Permission | 'anyone-authenticated' | 'metrics' | 'page'

export interface RouteShape {
  readonly method: Method
  /** Below the mount, such as `/api/keys/:key`. A part that is escaped is decoded. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  /** Absent: the route takes no query. */
  readonly query?: v.GenericSchema
  /** Absent: the route takes no body. */
  readonly body?: v.GenericSchema
  /** What the audit trail calls it. Every route that changes something has a name there. */
  readonly audited?: AuditAction
  /** What must be hidden for it to be refused. */
  readonly hiddenBy?: Hidden
  /** The name of what it answers, as the OpenAPI document has it. */
  readonly answers: string
  /** 200 unless it says otherwise. */
  readonly status?: number
  readonly contentType?: string
}
