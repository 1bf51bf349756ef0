/** Checks of the way to Redis: whether it is reached, how fast, by whom, and what happens at a failover. */
import type { Verdict } from './finding.ts'
import { ABSENT, critical, info, numberIn, ok, unknown, warning, type Check } from './finding.ts'
import type { DoctorFacts } from './facts.ts'

const LINK = 'docs/operations/redis.md'
/** What the cache promises its readers: a hit in 5 ms. */
const SLOW_MS = 5
const LOOPBACK = /^(localhost|127\.|\[?::1|\/)/

export const wayChecks: readonly Check[] = [
  {
    id: 'redis-reachable',
    title: 'Redis answers',
    link: LINK,
    look: ({ unreachable, deps: { redis } }) => {
      if (!redis) return info('there is none: this cache lives in this process')
      if (unreachable !== undefined) return critical(unreachable, 'See the connections page and the log of Redis')
      const { state, problems } = redis.health()
      return state === 'degraded'
        ? warning(problems.join('; ') || 'its breaker is not closed', 'See the connections page')
        : ok(redis.address)
    },
  },
  {
    id: 'redis-version',
    title: 'Redis is a version that is kept up',
    link: LINK,
    look: ({ info: fields }) => {
      const version = fields?.get('valkey_version') ?? fields?.get('redis_version')
      if (version === undefined) return unknown('Redis does not show its version')
      const [major = 0, minor = 0] = version.split('.').map(Number)
      if (fields?.has('valkey_version')) return ok(`Valkey ${version}`)
      if (major < 7)
        return critical(`Redis ${version} is no longer kept up`, 'Upgrade to Redis 7.2 or later, or Valkey 8')
      return major === 7 && minor < 2
        ? info(`Redis ${version}: its maker has left it; a distribution may still mend it`, 'Plan an upgrade')
        : ok(`Redis ${version}`)
    },
  },
  {
    id: 'redis-round-trip',
    title: 'A round trip leaves room for a hit in 5 ms',
    link: LINK,
    look: ({ tripsMs }) => {
      if (tripsMs.length === 0) return unknown('Nothing could be measured')
      const p99 = tripsMs[Math.floor(tripsMs.length * 0.99)] ?? 0
      const evidence = `${tripsMs.length} round trips: the middle ${shown(tripsMs[tripsMs.length >> 1] ?? 0)}, the slowest of a hundred ${shown(p99)}`
      return p99 > SLOW_MS ? warning(evidence, 'Bring Redis nearer, and look at its slow commands') : ok(evidence)
    },
  },
  {
    id: 'redis-slow-commands',
    title: 'No command holds Redis up',
    link: LINK,
    look: ({ slow, deps: { clock } }) => {
      if (!slow) return unknown('The user may not ask: +slowlog|get')
      const lately = slow.filter(({ atMs, durationMs }) => durationMs > SLOW_MS && clock.wallMs() - atMs < 3_600_000)
      if (lately.length === 0) return ok('none above 5 ms in the last hour')
      const [worst] = [...lately].sort((left, right) => right.durationMs - left.durationMs)
      return warning(
        `${lately.length} above 5 ms in the last hour, the worst ${worst?.command} with ${shown(worst?.durationMs ?? 0)}`,
        'SLOWLOG GET 10 at the server says who sends them',
      )
    },
  },
  {
    id: 'redis-tls',
    title: 'What goes to Redis cannot be read on the way',
    link: LINK,
    look: ({ deps: { redis } }) => {
      if (!redis) return ABSENT
      const { tls, addresses } = redis.server.topology
      if (tls) return ok('TLS')
      return addresses.every((address) => LOOPBACK.test(address))
        ? ok('no TLS, and Redis is on this machine')
        : warning('no TLS to another machine', 'Use a rediss:// URL; see tls.conf among the examples')
    },
  },
  {
    id: 'redis-login',
    title: 'Redis asks who one is',
    link: LINK,
    look: ({ deps: { redis } }) => {
      if (!redis) return ABSENT
      const { hasPassword, user, addresses } = redis.server.topology
      const isNear = addresses.every((address) => LOOPBACK.test(address))
      if (!hasPassword)
        return (isNear ? info : critical)('no password', 'Set up users: see users.acl among the examples')
      return user === null || user === 'default'
        ? info('the default user', 'A user of its own may do less: see users.acl among the examples')
        : ok(`the user ${user}`)
    },
  },
  {
    id: 'redis-rights',
    title: 'Its user may not do what a cache never does',
    link: LINK,
    look: ({ dangerous }) => {
      if (!dangerous) return unknown('The server does not say what a user may (Redis 7 and later do)')
      return dangerous.length === 0
        ? ok('neither KEYS nor FLUSHALL, and no settings')
        : info(
            `it may ${dangerous.join(', ').toUpperCase()}`,
            'ACL SETUSER … -@all, and what users.acl among the examples allows',
          )
    },
  },
  { id: 'redis-clients', title: 'There are connections left', link: LINK, look: clients },
  {
    id: 'failover-fence',
    title: 'The bound holds through a failover',
    link: 'docs/concepts/staleness.md',
    look: ({ fence }) => {
      if (!fence) return unknown('Redis was not asked how it is fenced')
      if (fence.bound === 'held') return ok('an old primary stops in time, or there is none to fail over to')
      return warning(fence.why, 'min-replicas-to-write 1 and min-replicas-max-lag at every server')
    },
  },
  {
    id: 'sentinel-count',
    title: 'Sentinels can agree when one of them is gone',
    link: LINK,
    look: ({ deps: { redis } }) => {
      const topology = redis?.server.topology
      if (topology?.kind !== 'sentinel') return ABSENT
      const { length } = topology.addresses
      return length < 3
        ? warning(`${length} are configured`, 'Run three on three machines, and name them all')
        : ok(`${length} are configured`)
    },
  },
  {
    id: 'clock-skew',
    title: 'The clocks agree',
    link: 'docs/concepts/staleness.md',
    look: ({ skewMs }) => {
      if (skewMs === undefined) return unknown('Redis does not say its time')
      const evidence = `Redis is ${shown(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead'}`
      return Math.abs(skewMs) > 1000
        ? warning(`${evidence}: TTLs are off by as much`, 'Run NTP on both machines')
        : ok(evidence)
    },
  },
]

function clients(facts: DoctorFacts): Verdict {
  const connected = numberIn(facts, 'connected_clients')
  const most = numberIn(facts, 'maxclients') ?? Number(facts.settings?.get('maxclients') ?? Number.NaN)
  const rejected = numberIn(facts, 'rejected_connections') ?? 0
  if (connected === undefined || !Number.isFinite(most)) return unknown('Redis does not show its clients')
  const evidence = `${connected} of ${most} connections`
  if (rejected > 0)
    return warning(
      `${evidence}; ${rejected} were refused since it started`,
      'Raise maxclients, or lower maxConnections',
    )
  const own = (facts.deps.redis?.server.topology.maxConnections ?? 0) + 3
  if (connected + own > most * 0.8)
    return warning(`${evidence}; this process alone may open ${own}`, 'Raise maxclients')
  return ok(evidence)
}

function shown(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`
}
