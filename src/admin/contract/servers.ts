/** The way to Redis and Redis itself. */

/** GET api/connections */
export interface ConnectionsBody {
  /** Without secrets; null when hidden or there is no Redis. */
  readonly address: string | null
  readonly topology: 'none' | 'standalone' | 'sentinel' | 'cluster'
  readonly nodes: readonly {
    readonly address: string
    readonly role: 'primary' | 'replica' | 'sentinel' | 'unknown'
    readonly state: string
  }[]
  readonly pool: { readonly open: number; readonly ready: number; readonly inFlight: number } | null
  readonly breaker: 'closed' | 'open' | 'half-open' | 'none'
  readonly health: {
    readonly state: 'unknown' | 'ok' | 'degraded' | 'down' | 'none'
    readonly problems: readonly string[]
    readonly warnings: readonly string[]
    readonly checkedAtMs: number | null
    readonly readMs: number | null
    readonly writeMs: number | null
  }
  /** Connections that came and went and the breaker's turns, newest first, 100 at most. */
  readonly log: readonly {
    readonly atMs: number
    readonly kind: 'ready' | 'lost' | 'breaker' | 'health'
    readonly text: string
  }[]
}

/** GET api/redis. A figure that the server or the rights of its user keep back is null. */
export interface RedisBody {
  readonly version: string | null
  readonly role: string | null
  readonly replicas: number | null
  readonly uptimeSeconds: number | null
  readonly memory: {
    readonly usedBytes: number | null
    readonly peakBytes: number | null
    readonly maxBytes: number | null
    readonly policy: string | null
    readonly fragmentation: number | null
  }
  readonly evictedKeys: number | null
  readonly expiredKeys: number | null
  readonly keyspaceHits: number | null
  readonly keyspaceMisses: number | null
  readonly connectedClients: number | null
  readonly maxClients: number | null
  readonly rejectedConnections: number | null
  readonly opsPerSecond: number | null
  readonly keys: number | null
  readonly persistence: { readonly aof: boolean | null; readonly lastSaveOk: boolean | null }
  /** Slowest commands lately: names only, since arguments hold data. Null when it may not be asked. */
  readonly slowlog:
    | readonly { readonly id: number; readonly atMs: number; readonly durationMs: number; readonly command: string }[]
    | null
}
