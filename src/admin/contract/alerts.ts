/** Alerts of this process, and what keeps them quiet. */

export interface AlertRow {
  readonly name: string
  readonly severity: 'critical' | 'warning' | 'info'
  readonly state: 'inactive' | 'pending' | 'firing' | 'resolved'
  readonly summary: string
  readonly description: string
  readonly value: number | null
  readonly sinceMs: number | null
  readonly silenced: boolean
  /** Where to read what to do: a path in the documentation. */
  readonly runbook: string
}

export interface SilenceRow {
  readonly id: string
  /** Name of the alert, or `*`. */
  readonly alert: string
  readonly by: string
  readonly reason: string
  readonly untilMs: number
}

/** GET api/alerts */
export interface AlertList {
  /** Firing first, then pending, then the others. */
  readonly alerts: readonly AlertRow[]
  /** What fired and resolved lately, newest first. */
  readonly history: readonly {
    readonly atMs: number
    readonly name: string
    readonly to: AlertRow['state']
    readonly summary: string
  }[]
  readonly silences: readonly SilenceRow[]
}

/** POST api/silences; DELETE api/silences/:id takes one back. */
export interface SilenceBody {
  readonly alert: string
  /** 1 to 10080. */
  readonly minutes: number
  readonly reason: string
  readonly environment?: string
}

export interface SilenceResponse {
  readonly silences: readonly SilenceRow[]
}
