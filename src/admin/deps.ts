import type { Clock } from '../base/clock.ts'
import type { ConnectionLog } from './connection-log.ts'
import type { Activities } from './live/activities.ts'
import type { LiveHub } from './live/hub.ts'
import type { Assets } from './assets.ts'
import type { AuditTrail } from './audit/trail.ts'
import type { Confirmations } from './confirm.ts'
import type { Caller } from './contract/access.ts'
import type { ResolvedAdminOptions } from './options.ts'
import type { SessionsCount } from './sessions-count.ts'
import type { SwitchNews } from './switch-news.ts'
import type { TtlControl } from './ttl-control.ts'
import type { WarmRunner } from './warm-runner.ts'

/** What the handlers work with. */
export interface AdminDeps {
  readonly options: ResolvedAdminOptions
  readonly clock: Clock
  readonly startedAtMs: number
  readonly audit: AuditTrail
  readonly confirmations: Confirmations
  readonly activities: Activities
  readonly hub: LiveHub
  readonly ttls: TtlControl
  readonly warming: WarmRunner
  readonly sessionsCount: SessionsCount
  readonly switchNews: SwitchNews
  readonly connectionLog: ConnectionLog
  readonly assets: Assets
}

/** What a handler tells the audit trail about what it did. */
export interface AuditNote {
  readonly targets?: readonly string[]
  readonly reason?: string
  readonly count?: number
  readonly dryRun?: boolean
  readonly result?: 'done' | 'queued'
}

/** A request that has passed every check. */
export interface AdminRequest {
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  /** As the route's schemas made them. */
  readonly query: unknown
  readonly body: unknown
  readonly raw: Request
  /** Adds to the row that the audit trail gets of this request, however it ends. */
  readonly note: (note: AuditNote) => void
}

/** A body to be sent as JSON, or a whole response. @throws Problem, StoreError, KeyError, SessionError */
export type Handler = (deps: AdminDeps, request: AdminRequest) => Promise<object> | object
