import type { Drill } from './drill.ts'
import { startClusterTopology, type ClusterTopology } from './redis-cluster.ts'
import { startSentinelTopology, type SentinelTopology } from './redis-sentinel.ts'

type Harm = 'SIGKILL' | 'SIGSTOP'

/** The primary that the sentinels name is killed, or frozen. */
export async function sentinelDrill(topology: SentinelTopology, harm: Harm): Promise<Drill> {
  const primary = await topology.primary()
  return {
    name: `sentinel, primary ${harm === 'SIGKILL' ? 'killed' : 'frozen'}`,
    redis: { url: topology.url },
    strike: async () => primary.signal(harm),
    promoted: () => topology.promoted(primary),
  }
}

/** All sentinels are restarted, and then the primary is frozen: only who listens to the new ones hears of it. */
export async function sentinelsRestartedDrill(topology: SentinelTopology): Promise<Drill> {
  const drill = await sentinelDrill(topology, 'SIGSTOP')
  return {
    ...drill,
    name: 'sentinels restarted, then primary frozen',
    async strike() {
      await topology.restartSentinels()
      await drill.strike()
    },
  }
}

/** The primary of the slot that is written is killed, or frozen. */
export async function clusterDrill(topology: ClusterTopology, harm: Harm): Promise<Drill> {
  const key = 'hf:loop:{loop}'
  const primary = await topology.primaryOf(key)
  return {
    name: `cluster, primary ${harm === 'SIGKILL' ? 'killed' : 'frozen'}`,
    redis: { cluster: { nodes: topology.addresses } },
    key,
    strike: async () => primary.server.signal(harm),
    promoted: () => topology.promoted(key, primary),
  }
}

/** Runs `work` on a topology of its own for each drill, since a failover leaves one behind that another would not begin with. */
export const onSentinels = async <T>(work: (topology: SentinelTopology) => Promise<T>): Promise<T> => {
  await using topology = await startSentinelTopology()
  return await work(topology)
}

export const onCluster = async <T>(work: (topology: ClusterTopology) => Promise<T>): Promise<T> => {
  await using topology = await startClusterTopology()
  return await work(topology)
}
