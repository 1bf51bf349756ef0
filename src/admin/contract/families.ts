/** A family: the keys before whose first colon its name stands, and how they are kept. */
import type { Quantiles } from './overview.ts'

export interface FamilyRow {
  readonly name: string
  /** Figures are of this process, since it began. */
  readonly hits: number
  readonly misses: number
  readonly stale: number
  readonly loads: number
  readonly loadErrors: number
  readonly loadsAvoided: number
  /** 0 to 1; null before the first read. */
  readonly hitRatio: number | null
  /** How long reads took in the last five minutes, loads included. */
  readonly get: Quantiles
  /** Bytes written to Redis per entry on average; null when nothing was. */
  readonly meanBytes: number | null
  /** The TTL that new entries of the family take; null when it takes the cache's. */
  readonly ttlMs: number | null
}

/** GET api/families */
export interface FamilyList {
  readonly families: readonly FamilyRow[]
  /** Whether figures were collected: without metrics only names and TTLs are known. */
  readonly measured: boolean
}

/** GET api/families/:name */
export interface FamilyDetail {
  readonly family: FamilyRow
  /** The hottest keys of the fleet in it, where heat is counted. */
  readonly hotKeys: readonly { readonly key: string; readonly heat: number }[]
  readonly warmable: boolean
}
