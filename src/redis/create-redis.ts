import { createEmitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import { createBreaker } from './breaker.ts'
import { createCommands } from './commands.ts'
import { connect, type Connection, type ConnectionDeps, type Send } from './connection.ts'
import type { RedisEvent } from './events.ts'
import { judgeFence } from './fence.ts'
import { fenceFacts } from './fence-facts.ts'
import { serverInfo, startHealthMonitor, type HealthProbes } from './health.ts'
import { resolveRedisOptions, type RedisOptions, type ResolvedRedisOptions } from './options.ts'
import { createPool, type Pool } from './pool.ts'
import type { Redis } from './redis.ts'
import { createServerView } from './server-view.ts'
import { createStreamReader, forBlockingReads } from './stream-reader.ts'
import { openSubscriber } from './subscriber.ts'
import { versionProblem } from './version.ts'

/** The key that the health monitor writes; in a cluster it decides which node is asked. */
const PROBE_KEY = 'hf:health'

/**
 * A Redis for the cache: one server, the primary that sentinels name, or a cluster. Returns at once and connects behind; a
 * command given before the first connection waits for it within its deadline. When Redis goes away its commands fail at
 * once, and the connection comes back by itself.
 *
 * @throws ConfigError (ERR_HOLDFAST_CONFIG) when the options cannot work
 */
export function createRedis(options: RedisOptions): Redis {
  const resolved = resolveRedisOptions(options)
  const { clock, address, target } = resolved
  const events = createEmitter<RedisEvent>()
  const defer = (task: () => void): void => void setImmediate(task)
  const deps: ConnectionDeps = { clock, defer, events }
  const breaker = createBreaker(resolved.breaker, { clock, events, address })
  // A cluster client holds a connection to each node by itself.
  const maxConnections = target.kind === 'cluster' ? 1 : resolved.maxConnections
  const pool = createPool({ open: (index) => connect(resolved, `holdfast-${index}`, deps), maxConnections, defer })
  let waiting: Connection | undefined
  const sendWaiting: Send = (...command) =>
    (waiting ??= owned(connect(resolved, 'holdfast-waiting', deps))).send(...command)
  const commands = createCommands(resolved, { send: pool.send, sendWaiting, breaker, events, defer })
  const probes = probesOf(pool, resolved)
  const health = startHealthMonitor({
    clock,
    events,
    breaker,
    address,
    probes,
    intervalMs: resolved.healthIntervalMs,
  })
  // What was opened for somebody and not closed by them.
  const opened = new Set<{ close(): void }>()
  const owned = <T extends { close(): void }>(made: T): T => {
    opened.add(made)
    return {
      ...made,
      close() {
        opened.delete(made)
        made.close()
      },
    }
  }

  // Those that are missing now may be with another primary.
  let mostReplicas = 0

  const close = async (): Promise<void> => {
    health.close()
    pool.close()
    for (const one of opened) one.close()
  }
  return {
    ...commands,
    address,
    async ready() {
      // Long enough that what is wrong with connecting is told before this gives up.
      const { connectTimeoutMs, readTimeoutMs } = resolved
      await pool.send('PING', connectTimeoutMs + readTimeoutMs, (client) => client.ping())
      const problem = versionProblem(await serverInfo(() => probes.info()), address)
      if (problem !== undefined) throw new StoreError('version', problem)
    },
    health: () => ({ ...health.last(), connections: pool.counts() }),
    on: (listener) => events.on(listener),
    async fence() {
      const facts = await fenceFacts(resolved, pool.send, mostReplicas)
      mostReplicas = facts.replicas
      return judgeFence(facts)
    },
    server: createServerView(resolved, pool.send),
    openStreamReader: () => owned(createStreamReader(connect(forBlockingReads(resolved), 'holdfast-tail', deps))),
    subscribe: (channel, onMessage) => owned(openSubscriber(resolved, channel, onMessage)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

// Past the breaker: the monitor tells what Redis does, not what the breaker thinks of it.
function probesOf(pool: Pool, { readTimeoutMs, commandTimeoutMs }: ResolvedRedisOptions): HealthProbes {
  return {
    read: () => pool.send('health.read', readTimeoutMs, async (client) => void (await client.get(PROBE_KEY))),
    write: () =>
      pool.send('health.write', readTimeoutMs, async (client) => void (await client.set(PROBE_KEY, '1', 'PX', 60_000))),
    info: () => pool.send('health.info', commandTimeoutMs, (client) => client.info()),
  }
}
