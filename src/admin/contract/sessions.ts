/** Sessions, as whoever must end one sees them: never a token, a cookie or what a session holds. */

/** GET api/sessions */
export interface SessionsSummary {
  /** Null when Redis cannot be asked. Counted once a minute at most. */
  readonly active: number | null
  readonly countedAtMs: number | null
  /** How often what happened in this process: `session-created`, `cookie-refused:expired`, … */
  readonly events: Readonly<Record<string, number>>
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** GET api/sessions/users/:user */
export interface UserSessionsBody {
  readonly user: string
  readonly sessions: readonly {
    /** Names the session to revoke it; it opens nothing. */
    readonly handle: string
    readonly label: string
    readonly createdMs: number
    readonly loginAtMs: number
    readonly lastSeenMs: number
    readonly endsMs: number
  }[]
}

/** POST api/sessions/revoke (one, by handle) and POST api/sessions/revoke-user */
export interface RevokeBody {
  readonly user: string
  readonly handle: string
  readonly reason: string
  readonly environment?: string
}

export interface RevokeUserBody {
  readonly user: string
  readonly reason: string
  readonly environment?: string
}

export interface RevokeResponse {
  readonly revoked: number
}
