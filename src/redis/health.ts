/**
 * The health monitor: asks Redis at intervals what a cache needs to know of it, and tells each change once.
 *
 * A read alone proves little: a replica answers reads, a full or fenced primary too. So it writes, which is what an
 * invalidation does, and it reads what the server says of its role, its memory and its eviction policy.
 */
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { Breaker } from './breaker.ts'
import type { RedisEvent, RedisHealth } from './events.ts'
import { failureOf } from './failure.ts'
import { parseInfo, type ServerInfo } from './info.ts'
import { versionProblem } from './version.ts'

export interface HealthProbes {
  readonly read: () => Promise<void>
  readonly write: () => Promise<void>
  readonly info: () => Promise<string>
}

export interface HealthDeps {
  readonly clock: Clock
  readonly events: Emitter<RedisEvent>
  readonly breaker: Breaker
  /** Where it is, for what is wrong with it. */
  readonly address: string
  readonly probes: HealthProbes
  readonly intervalMs: number
}

export interface HealthMonitor {
  /** What the last check found. */
  last(): RedisHealth
  check(): Promise<RedisHealth>
  close(): void
}

interface Probe {
  readonly ms?: number
  readonly problem?: string
}

export function startHealthMonitor({ clock, events, breaker, address, probes, intervalMs }: HealthDeps): HealthMonitor {
  let last: RedisHealth = {
    state: 'unknown',
    problems: [],
    warnings: [],
    checkedAtMs: clock.wallMs(),
    breaker: breaker.state,
    server: {},
  }
  let cancel = (): void => undefined
  let closed = false

  const timed = async (work: () => Promise<void>): Promise<Probe> => {
    const began = clock.monoMs()
    try {
      await work()
      return { ms: clock.monoMs() - began }
    } catch (error) {
      return { problem: sentenceOf(error) }
    }
  }
  const check = async (): Promise<RedisHealth> => {
    const [read, write, server] = await Promise.all([timed(probes.read), timed(probes.write), serverInfo(probes.info)])
    const health = judge({ clock, breaker, address }, read, write, server)
    const changed = summary(health) !== summary(last)
    last = health
    if (changed && !closed) events.emit({ type: 'health', health })
    return health
  }
  const loop = async (): Promise<void> => {
    await check()
    if (!closed) cancel = clock.after(intervalMs, () => void loop())
  }
  void loop()

  return {
    last: () => ({ ...last, breaker: breaker.state }),
    check,
    close() {
      closed = true
      cancel()
    },
  }
}

/** What the server says of itself. A user without the right to INFO loses the warnings, not the health. */
export async function serverInfo(info: HealthProbes['info']): Promise<ServerInfo> {
  try {
    return parseInfo(await info())
  } catch (error) {
    if (failureOf(error) === undefined) throw error
    return {}
  }
}

function judge(
  { clock, breaker, address }: Pick<HealthDeps, 'clock' | 'breaker' | 'address'>,
  read: Probe,
  write: Probe,
  server: ServerInfo,
): RedisHealth {
  const found = [read.problem, write.problem, versionProblem(server, address)]
  const problems = [...new Set(found.filter((problem) => problem !== undefined))]
  const state =
    read.problem !== undefined ? 'down' : problems.length > 0 || breaker.state !== 'closed' ? 'degraded' : 'ok'
  return {
    state,
    problems,
    warnings: warningsOf(server),
    checkedAtMs: clock.wallMs(),
    breaker: breaker.state,
    server,
    ...(read.ms !== undefined && { readMs: read.ms }),
    ...(write.ms !== undefined && { writeMs: write.ms }),
  }
}

function warningsOf({ role, evictionPolicy, maxMemoryBytes }: ServerInfo): string[] {
  const warnings: string[] = []
  if (role === 'slave') warnings.push('This server is a replica: invalidations need a primary')
  if (evictionPolicy?.startsWith('allkeys-')) {
    warnings.push(
      `maxmemory-policy is ${evictionPolicy}: it may evict the invalidation log, and every eviction of its head empties the cache; use volatile-ttl`,
    )
  }
  if (maxMemoryBytes === 0) warnings.push('maxmemory is not set: the cache can fill the machine')
  return warnings
}

function sentenceOf(error: unknown): string {
  if (failureOf(error) === undefined || !(error instanceof Error)) throw error
  return error.message
}

function summary({ state, problems, warnings, server }: RedisHealth): string {
  return JSON.stringify([state, problems, warnings, server.role, server.evictionPolicy])
}
