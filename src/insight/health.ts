/**
 * What orchestrators and balancers ask: is the process alive (never a matter of Redis, or an outage would restart the whole
 * fleet), and should it get requests (by default yes, without Redis too: it degrades). The answer is shared for a second and
 * bounded in time, so that probes cost Redis one write a second and never hang.
 */
import { systemClock, type Clock } from '../base/clock.ts'
import { toMs, type Duration } from '../base/duration.ts'
import { StoreError } from '../base/errors.ts'
import type { Cache } from '../cache/cache.ts'
import type { Redis, Script } from '../redis/redis.ts'

export interface HealthOptions {
  readonly cache: Pick<Cache, 'health' | 'enabled'>
  /** Missing: a cache without Redis, which is always ready. */
  readonly redis?: Pick<Redis, 'run' | 'health'> | undefined
  /** Not ready without Redis: for a service that is of no use without its sessions. @default false */
  readonly redisRequired?: boolean
  /** How long an answer is shared. @default '1s' */
  readonly maxAge?: Duration
  /** How long Redis may take to answer. @default '500ms' */
  readonly timeout?: Duration
  readonly clock?: Clock
}

export interface HealthReport {
  /** `degraded`: it answers, from the source. `down`: it should get no requests. */
  readonly status: 'ok' | 'degraded' | 'down'
  /** Why it is not ok, each a sentence; the worst first. */
  readonly problems: readonly string[]
  /** Milliseconds since 1970. */
  readonly checkedAtMs: number
}

export interface Health {
  /** GET /livez: 200 while the process runs. Asks nobody. */
  livez(request: Request): Promise<Response>
  /** GET /readyz: 200 with `ok` or `degraded`, 503 with `down`. */
  readyz(request: Request): Promise<Response>
  /** GET /healthz: as readyz, with what is known of the cache and of Redis. Names servers: not for strangers. */
  healthz(request: Request): Promise<Response>
  check(): Promise<HealthReport>
  /** From now on not ready: the process is about to end, and requests should go elsewhere. */
  drain(): void
}

/** A write, since a replica and a full server answer reads. */
const PROBE: Script = { name: 'health.probe', lua: "redis.call('SET', KEYS[1], '1', 'PX', 60000) return 1" }
const PROBE_KEY = 'hf:health'

/** @throws ConfigError (ERR_HOLDFAST_CONFIG: maxAge, timeout) */
export function createHealth(options: HealthOptions): Health {
  const { cache, redis, redisRequired = false, clock = systemClock } = options
  const maxAgeMs = toMs(options.maxAge ?? '1s', 'maxAge')
  const timeoutMs = toMs(options.timeout ?? '500ms', 'timeout')
  let shared: { readonly atMs: number; readonly report: Promise<HealthReport> } | undefined
  let draining = false

  const look = async (): Promise<HealthReport> => {
    const problem = redis && (await problemOf(redis, clock, timeoutMs))
    const { state, heardMsAgo } = cache.health()
    const problems = [
      ...(problem === undefined ? [] : [problem]),
      ...(state === 'ok' ? [] : [`The invalidation log was last heard ${Math.round(heardMsAgo)} ms ago`]),
      ...(cache.enabled() ? [] : ['The cache is switched off']),
    ]
    const isDown = redisRequired && problem !== undefined
    return { status: isDown ? 'down' : problems.length > 0 ? 'degraded' : 'ok', problems, checkedAtMs: clock.wallMs() }
  }
  const check = async (): Promise<HealthReport> => {
    if (draining) return { status: 'down', problems: ['The process is about to end'], checkedAtMs: clock.wallMs() }
    const nowMs = clock.monoMs()
    if (!shared || nowMs - shared.atMs >= maxAgeMs) shared = { atMs: nowMs, report: look() }
    return shared.report
  }
  return {
    livez: async (request) => answer(request, 200, { status: 'ok' }),
    async readyz(request) {
      const { status } = await check()
      return answer(request, status === 'down' ? 503 : 200, { status })
    },
    async healthz(request) {
      const report = await check()
      const details = { ...report, enabled: cache.enabled(), cache: cache.health(), redis: redis?.health() }
      return answer(request, report.status === 'down' ? 503 : 200, details)
    },
    check,
    drain() {
      draining = true
    },
  }
}

async function problemOf(redis: Pick<Redis, 'run'>, clock: Clock, timeoutMs: number): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const cancel = clock.after(timeoutMs, () => resolve(`Redis did not take a write within ${timeoutMs} ms`))
  const write = async (): Promise<string | undefined> => {
    try {
      await redis.run(PROBE, [PROBE_KEY], [])
      return undefined
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return error.message
    }
  }
  try {
    return await Promise.race([write(), late])
  } finally {
    cancel()
  }
}

function answer({ method }: Request, status: number, body: object): Response {
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } })
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(method === 'HEAD' ? null : JSON.stringify(body), { status, headers })
}
