/** The overview: what is wrong first, then the figures. It asks nothing of Redis, so it answers while Redis is away. */
import type { AdminDeps } from './deps.ts'
import type { FamilyRow } from './contract/families.ts'
import type { Overview } from './contract/overview.ts'

const TOP_FAMILIES = 10
const NOTHING = { p50: null, p95: null, p99: null }

export function overviewOf(deps: AdminDeps): Overview {
  const { options, clock, startedAtMs, sessionsCount } = deps
  const { cache, redis, figures, alerts, sessions, environment } = options
  const stats = cache.stats()
  const health = cache.health()
  const server = redis?.health()
  const enabled = cache.enabled()
  const hits = stats.hits.l1 + stats.hits.l2
  const coalesced = stats.joined.process + stats.joined.fleet
  const listed = alerts?.list().alerts
  const inState = (state: 'firing' | 'pending'): number => listed?.filter((alert) => alert.state === state).length ?? 0
  const reads = hits + stats.stale + stats.misses
  return {
    atMs: clock.wallMs(),
    namespace: cache.namespace,
    environment: environment.label,
    problems: problemsOf(deps, { enabled, heard: health.state === 'ok' }),
    cache: {
      state: enabled ? health.state : 'disabled',
      enabled,
      boundMs: health.boundMs,
      heardMsAgo: Number.isFinite(health.heardMsAgo) ? health.heardMsAgo : null,
      bound: health.bound === 'held' ? 'fenced' : 'unfenced',
      startedAtMs,
    },
    totals: {
      hits,
      hitsL1: stats.hits.l1,
      hitsL2: stats.hits.l2,
      stale: stats.stale,
      misses: stats.misses,
      bypassed: stats.bypassed,
      loads: stats.loads.ok + stats.loads.error + stats.loads.timeout,
      loadErrors: stats.loads.error + stats.loads.timeout,
      loadsAvoided: hits + stats.stale + coalesced,
      coalesced,
      invalidations: stats.invalidations.acknowledged + stats.invalidations.queued,
      errors: stats.errors,
      hitRatio: reads === 0 ? null : stats.hitRatio,
    },
    recent: figures?.recent() ?? null,
    memory: { ...stats.memory, maxBytes: cache.operations.maxBytes },
    redis: {
      state: server?.state ?? 'none',
      breaker: server?.breaker ?? 'none',
      usedMemoryBytes: server?.server.usedMemoryBytes ?? null,
      maxMemoryBytes: server?.server.maxMemoryBytes ?? null,
      evictedKeys: server?.server.evictedKeys ?? null,
      readMs: server?.readMs ?? null,
      writeMs: server?.writeMs ?? null,
    },
    sessions: sessions ? { active: sessionsCount.last().active } : null,
    alerts: alerts ? { firing: inState('firing'), pending: inState('pending') } : null,
    topFamilies: familyRows(deps).slice(0, TOP_FAMILIES),
  }
}

/** Every family that is known by figures or by a TTL, the busiest first. */
export function familyRows({ options }: AdminDeps): readonly FamilyRow[] {
  const ttls = options.cache.operations.ttls()
  const measured = options.figures?.families() ?? []
  const ttlOf = (name: string): number | null => ttls.find((row) => sameName(row.name, name))?.ttlMs ?? null
  const rows = measured.map((row) => ({ ...row, ttlMs: ttlOf(row.name) }))
  const unread = options.cache.families().filter((name) => !rows.some((row) => row.name === name))
  const busy = (row: FamilyRow): number => row.hits + row.stale + row.misses
  return [...rows, ...unread.map((name) => withoutFigures(name, ttlOf(name)))].sort(
    (left, right) => busy(right) - busy(left) || (left.name < right.name ? -1 : 1),
  )
}

export function withoutFigures(name: string, ttlMs: number | null): FamilyRow {
  const counts = { hits: 0, misses: 0, stale: 0, loads: 0, loadErrors: 0, loadsAvoided: 0 }
  return { name, ...counts, hitRatio: null, get: NOTHING, meanBytes: null, ttlMs }
}

/** A name is the same in each of its spellings, as in the table of TTLs. */
export function sameName(one: string, other: string): boolean {
  const spelling = (name: string): string => name.replace(/[-_]/g, '').toLowerCase()
  return spelling(one) === spelling(other)
}

function problemsOf(
  { options, audit, switchNews }: AdminDeps,
  { enabled, heard }: { readonly enabled: boolean; readonly heard: boolean },
): readonly string[] {
  const { redis, alerts, cache } = options
  const { by, reason } = switchNews.last()
  const { state = 'none', problems = [] } = redis?.health() ?? {}
  const firing = alerts?.list().alerts.filter((alert) => alert.state === 'firing' && !alert.silenced) ?? []
  const queued = cache.stats().invalidations.queued
  return [
    ...(state === 'down' ? ['Redis is down: reads go to the source, and sessions fail'] : []),
    ...problems,
    ...(enabled || !redis ? [] : [`Caching is switched off${by ? ` by ${by}` : ''}${reason ? `: ${reason}` : ''}`]),
    ...(heard || !redis
      ? []
      : ['The invalidation log has not been heard from within the bound: reads go to the source']),
    ...firing.map(({ name, summary }) => `${name}: ${summary}`),
    ...(queued > 0 && state === 'down' ? [`${queued} invalidations were queued since this process began`] : []),
    ...(audit.lost > 0 ? [`${audit.lost} rows of the audit trail were lost while Redis was away`] : []),
  ]
}
