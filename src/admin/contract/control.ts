/** What is changed while it runs: the fleet's switch and the TTL policy. */

/** GET and POST api/switch */
export interface SwitchStatus {
  readonly enabled: boolean
  /** Null when nobody switched it since this process began. */
  readonly by: string | null
  readonly reason: string | null
  /** Of a POST: whether Redis has told the fleet. */
  readonly acknowledged: boolean | null
}

export interface SwitchBody {
  readonly enabled: boolean
  readonly reason: string
  readonly environment?: string
}

export interface TtlRow {
  readonly name: string
  /** Null: it follows the cost of each load. */
  readonly ttlMs: number | null
  /** `family`: its code states it. `cache`: it takes the cache's. `runtime`: changed here. */
  readonly source: 'default' | 'configured' | 'family' | 'cache' | 'runtime'
}

/** GET api/ttls and what PUT api/ttls/:name answers. */
export interface TtlPolicy {
  readonly ttls: readonly TtlRow[]
  /** Whether a change reaches the whole fleet, or this process alone. */
  readonly scope: 'fleet' | 'process'
  readonly updatedAtMs: number | null
  readonly updatedBy: string | null
}

/** PUT api/ttls/:name */
export interface TtlBody {
  /** At least 1000, at most 365 days; null takes the change back. */
  readonly ttlMs: number | null
  readonly reason: string
  readonly environment?: string
}
