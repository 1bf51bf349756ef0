/**
 * What the processes of a staleness run have under them: one server, a primary with replicas and sentinels, or a cluster;
 * how each process reaches it, and what can go wrong with it. It outlives a run: roles may lie elsewhere after one.
 */
import type { RedisOptions } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { startClusterTopology } from '../redis-cluster.ts'
import { startSentinelTopology, type SentinelTopology } from '../redis-sentinel.ts'
import { createTcpProxy } from '../tcp-proxy.ts'
import { clusterFaults } from './cluster-faults.ts'
import type { Fault } from './faults.ts'
import { asUser, loginOf, usersOf } from './partition.ts'
import { primaryIsolated, sentinelFaults } from './sentinel-faults.ts'
import { standaloneFaults } from './standalone-faults.ts'

/** The unfenced one is a control: it breaks what the promise assumes, so the promise must be seen to break there. */
export const TOPOLOGIES = ['standalone', 'sentinel', 'sentinel-unfenced', 'cluster'] as const
export type TopologyName = (typeof TOPOLOGIES)[number]

/** How many processes share a Redis. */
export const PROCESSES = 4
const USERS = usersOf(PROCESSES)

export interface Ground {
  readonly faults: readonly Fault[]
  /** How long a run must be for the slowest fault to be over in it, in ms. */
  readonly durationMs: number
  redisOf(worker: number): RedisOptions
  /** Resolves when all is up, so that a run begins with something whole. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export function startGround(name: TopologyName): Promise<Ground> {
  switch (name) {
    case 'standalone':
      return standalone()
    case 'sentinel':
      return sentinel()
    case 'sentinel-unfenced':
      return sentinelUnfenced()
    case 'cluster':
      return cluster()
  }
}

async function standalone(): Promise<Ground> {
  const server = await privateRedis()
  const target = { host: server.host, port: server.port }
  const ways = [await createTcpProxy({ target }), await createTcpProxy({ target })] as const
  return {
    faults: standaloneFaults(server, ways),
    durationMs: 1700,
    redisOf: (worker) => ({ url: ways[worker]?.url ?? server.url }),
    settled: async () => undefined,
    async stop() {
      await Promise.all(ways.map((way) => way.close()))
      await server.stop()
    },
  }
}

// Assumption A2 of the argument: a primary that has lost its replicas refuses writes before another is promoted. It notices
// about a second and a half after the lag, sentinels promote no sooner than `downAfterMs`.
const FENCE = ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '1']
const DOWN_AFTER_MS = 3000

async function sentinel(): Promise<Ground> {
  const topology = await startSentinelTopology({ downAfterMs: DOWN_AFTER_MS, args: [...FENCE, ...USERS] })
  return watched(topology, sentinelFaults(topology))
}

async function sentinelUnfenced(): Promise<Ground> {
  const topology = await startSentinelTopology({ downAfterMs: DOWN_AFTER_MS, args: USERS })
  return watched(topology, [primaryIsolated(topology)])
}

/** One process asks no sentinel: it stays with the server that is the primary as a run begins, whatever becomes of it. */
async function watched(topology: SentinelTopology, faults: readonly Fault[]): Promise<Ground> {
  let first = await topology.primary()
  return {
    faults,
    durationMs: 6000,
    redisOf: (worker) => ({ url: asUser(worker, worker === 0 ? first.url : topology.url) }),
    async settled() {
      await topology.settled()
      first = await topology.primary()
    },
    stop: () => topology.stop(),
  }
}

async function cluster(): Promise<Ground> {
  const topology = await startClusterTopology({ args: USERS })
  return {
    faults: clusterFaults(topology),
    durationMs: 5000,
    redisOf: (worker) => ({ cluster: { nodes: topology.addresses }, ...loginOf(worker) }),
    settled: () => topology.settled(),
    stop: () => topology.stop(),
  }
}
