/**
 * The audit trail: every change that was asked for, also one that was refused. While Redis is away rows wait in memory,
 * bounded; the trail says how many wait and how many were lost. It never stands in the way of a change: at three in the
 * morning an operator must be able to act though the trail cannot be written, and what waits is written afterwards.
 */
import type { Clock } from '../../base/clock.ts'
import { StoreError } from '../../base/errors.ts'
import type { AuditPage, AuditRow } from '../contract/audit.ts'
import type { AuditEntry, AuditStream } from './stream.ts'

/** Rows that wait in memory while Redis is away. */
const MAX_WAITING = 1000
/** Rows in one command. */
const PER_APPEND = 100
/** Rows looked at for a page: a search for what is rare ends with a shorter page and a place to go on. */
const MAX_LOOKED_AT = 2000
const PER_READ = 250
const TRY_AGAIN_MS = 5000

export interface AuditFilter {
  readonly before?: string
  readonly limit?: number
  readonly search?: string
  readonly action?: string
  readonly user?: string
  readonly result?: string
  readonly fromMs?: number
  readonly toMs?: number
}

export interface AuditTrail {
  /** Writes a row, or keeps it until it can be written. Never throws for Redis. */
  add(entry: AuditEntry): Promise<void>
  page(filter: AuditFilter): Promise<AuditPage>
  /** Rows that memory could not keep until they were written. */
  readonly lost: number
  close(): Promise<void>
}

export interface AuditTrailDeps {
  readonly clock: Clock
  /** Missing without a Redis: rows are then kept in this process alone. */
  readonly stream: AuditStream | undefined
  readonly onAudit: (row: AuditRow) => void
  readonly onError: (error: unknown) => void
}

export function createAuditTrail({ clock, stream, onAudit, onError }: AuditTrailDeps): AuditTrail {
  const waiting: AuditRow[] = []
  let sent = 0
  let lost = 0
  let flushing: Promise<void> | undefined
  let cancel = (): void => undefined

  const flush = (): Promise<void> => {
    flushing ??= send().finally(() => {
      flushing = undefined
    })
    return flushing
  }
  const send = async (): Promise<void> => {
    if (!stream) return
    while (waiting.length > 0) {
      const batch = waiting.slice(0, PER_APPEND)
      try {
        await stream.append(batch.map(({ id: _id, ...entry }) => entry))
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        cancel()
        cancel = clock.after(TRY_AGAIN_MS, () => void flush())
        return
      }
      // Some may have been dropped meanwhile, from the front.
      for (const row of batch) if (waiting[0] === row) waiting.shift()
    }
  }
  const keeps = (filter: AuditFilter) => {
    const search = filter.search?.toLowerCase()
    return (row: AuditRow): boolean =>
      (filter.action === undefined || row.action === filter.action) &&
      (filter.user === undefined || row.user === filter.user) &&
      (filter.result === undefined || row.result === filter.result) &&
      (filter.fromMs === undefined || row.atMs >= filter.fromMs) &&
      (filter.toMs === undefined || row.atMs <= filter.toMs) &&
      (search === undefined || textOf(row).includes(search))
  }
  const fromMemory = (filter: AuditFilter): AuditPage => {
    const rows = [...waiting]
      .reverse()
      .filter(keeps(filter))
      .slice(0, filter.limit ?? 50)
    return { rows, before: null, store: 'memory', waiting: waiting.length, lost }
  }

  return {
    async add(entry) {
      sent += 1
      const row: AuditRow = { ...entry, id: `m-${sent}` }
      waiting.push(row)
      if (waiting.length > MAX_WAITING) {
        waiting.shift()
        lost += 1
      }
      try {
        onAudit(row)
      } catch (error) {
        onError(error)
      }
      await flush()
    },
    async page(filter) {
      if (!stream) return fromMemory(filter)
      const limit = filter.limit ?? 50
      const keep = keeps(filter)
      const rows: AuditRow[] = []
      let before = filter.before
      try {
        for (let looked = 0; looked < MAX_LOOKED_AT; looked += PER_READ) {
          const found = await stream.page(before, PER_READ)
          for (const row of found) {
            if (rows.length === limit)
              return { rows, before: before ?? null, store: 'redis', waiting: waiting.length, lost }
            before = row.id
            if (keep(row)) rows.push(row)
          }
          const isOlder = filter.fromMs !== undefined && (found.at(-1)?.atMs ?? 0) < filter.fromMs
          if (found.length < PER_READ || isOlder)
            return { rows, before: null, store: 'redis', waiting: waiting.length, lost }
        }
        return { rows, before: before ?? null, store: 'redis', waiting: waiting.length, lost }
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        return fromMemory(filter)
      }
    },
    get lost() {
      return lost
    },
    async close() {
      cancel()
      await flush()
      cancel()
    },
  }
}

function textOf({ user, action, targets, reason, from, result, code }: AuditRow): string {
  return [user, action, ...targets, reason, from, result, code ?? ''].join('\n').toLowerCase()
}
