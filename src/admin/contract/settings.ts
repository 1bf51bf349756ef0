/** How this deployment is configured, and all of its figures in one file. */
import type { FamilyRow } from './families.ts'
import type { History, Overview } from './overview.ts'

/** GET api/config: secrets are `***`. */
export interface ConfigBody {
  readonly rows: readonly { readonly path: string; readonly value: string; readonly source: string }[]
}

/** GET api/export: an attachment. */
export interface ExportBody {
  readonly schema: 1
  readonly atMs: number
  readonly overview: Overview
  readonly families: readonly FamilyRow[]
  readonly history: readonly History[]
}
