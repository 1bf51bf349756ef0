/**
 * What the admin API asks of parts that a deployment may or may not have. Each is a shape, not a class: whoever collects
 * figures or judges alerts in another way hands in its own.
 */
import type { AlertList, SilenceRow } from './contract/alerts.ts'
import type { FamilyRow } from './contract/families.ts'
import type { Activity, History, Overview, Point } from './contract/overview.ts'

/** Figures of this process, kept by one sampler for all who look. */
export interface FiguresSource {
  /** Lately; null until there is something to say. */
  recent(): Overview['recent']
  /** Families with figures, without their TTLs, which the cache knows. */
  families(): readonly Omit<FamilyRow, 'ttlMs'>[]
  /** Oldest first. */
  history(range: History['range']): Pick<History, 'stepMs' | 'points'>
  /** The newest point of the finest history. */
  latest(): Point | undefined
  /** What GET /metrics answers; missing where figures are exposed elsewhere. */
  exposition?(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface AlertsSource {
  list(): Pick<AlertList, 'alerts' | 'history'>
  silences(): readonly SilenceRow[]
  silence(silence: Omit<SilenceRow, 'id'>): Promise<void>
  /** False when there is none of this id. */
  unsilence(id: string): Promise<boolean>
  /** Told when an alert begins to fire or is resolved. Returns the removal. */
  on?(listener: (change: Pick<Activity, 'level' | 'text'>) => void): () => void
}
