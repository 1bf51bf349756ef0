/** Routes about the way to Redis, and Redis itself. */
import { StoreError } from '../../base/errors.ts'
import type { Redis } from '../../redis/redis.ts'
import type { ConnectionsBody, RedisBody } from '../contract/servers.ts'
import type { AdminDeps } from '../deps.ts'
import { Problem } from '../problem.ts'

const SLOW_COMMANDS = 20

export async function connections({ options, connectionLog }: AdminDeps): Promise<ConnectionsBody> {
  const { redis, hide } = options
  const health = { state: 'none', problems: [], warnings: [], checkedAtMs: null, readMs: null, writeMs: null } as const
  if (!redis) {
    return { address: null, topology: 'none', nodes: [], pool: null, breaker: 'none', health, log: [] }
  }
  const { connections: pool, breaker, state, problems, warnings, checkedAtMs, readMs, writeMs } = redis.health()
  const isHidden = hide.includes('connection')
  return {
    address: isHidden ? null : redis.address,
    topology: redis.server.topology.kind,
    nodes: isHidden ? [] : await nodesOf(redis),
    pool,
    breaker,
    health: {
      state,
      problems: isHidden ? problems.map(() => 'hidden') : problems,
      warnings,
      checkedAtMs,
      readMs: readMs ?? null,
      writeMs: writeMs ?? null,
    },
    log: connectionLog.list(),
  }
}

/** The servers as configured, and the replicas that the primary names. */
async function nodesOf(redis: Redis): Promise<ConnectionsBody['nodes']> {
  const { kind, addresses } = redis.server.topology
  const role = kind === 'sentinel' ? ('sentinel' as const) : ('unknown' as const)
  const { state, server } = redis.health()
  const own = addresses.map((address) => ({
    address,
    role: kind === 'standalone' ? (server.role === 'slave' ? ('replica' as const) : ('primary' as const)) : role,
    state: kind === 'standalone' ? state : 'configured',
  }))
  const info = await infoOf(redis)
  const replicas = [...(info ?? [])].flatMap(([name, text]) => {
    const fields = new Map(text.split(',').map((pair) => pair.split('=') as [string, string]))
    if (!/^slave\d+$/.test(name)) return []
    return [
      {
        address: `${fields.get('ip')}:${fields.get('port')}`,
        role: 'replica' as const,
        state: fields.get('state') ?? '',
      },
    ]
  })
  return [...own, ...replicas]
}

export async function redis({ options }: AdminDeps): Promise<RedisBody> {
  const { redis: server } = options
  if (!server) throw new Problem('not-available', 'This cache has no Redis')
  const [info, slow] = await Promise.all([server.server.info(), server.server.slowCommands(SLOW_COMMANDS)])
  const text = (name: string): string | null => info?.get(name) ?? null
  const number = (name: string): number | null => {
    const value = Number(info?.get(name) ?? Number.NaN)
    return Number.isFinite(value) ? value : null
  }
  const flag = (name: string, yes: string): boolean | null => (info?.has(name) ? info.get(name) === yes : null)
  const keys = [...(info ?? [])]
    .filter(([name]) => /^db\d+$/.test(name))
    .map(([, stats]) => Number(/keys=(\d+)/.exec(stats)?.[1]))
  return {
    version: text('valkey_version') ?? text('redis_version'),
    role: text('role'),
    replicas: number('connected_slaves'),
    uptimeSeconds: number('uptime_in_seconds'),
    memory: {
      usedBytes: number('used_memory'),
      peakBytes: number('used_memory_peak'),
      maxBytes: number('maxmemory'),
      policy: text('maxmemory_policy'),
      fragmentation: number('mem_fragmentation_ratio'),
    },
    evictedKeys: number('evicted_keys'),
    expiredKeys: number('expired_keys'),
    keyspaceHits: number('keyspace_hits'),
    keyspaceMisses: number('keyspace_misses'),
    connectedClients: number('connected_clients'),
    maxClients: number('maxclients'),
    rejectedConnections: number('rejected_connections'),
    opsPerSecond: number('instantaneous_ops_per_sec'),
    keys: info ? keys.reduce((sum, count) => sum + count, 0) : null,
    persistence: { aof: flag('aof_enabled', '1'), lastSaveOk: flag('rdb_last_bgsave_status', 'ok') },
    slowlog: slow ?? null,
  }
}

async function infoOf(redis: Redis): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    return await redis.server.info()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return undefined
  }
}
