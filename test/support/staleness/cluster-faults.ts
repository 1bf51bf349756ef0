/** What goes wrong with the nodes of a cluster: with the one that has the log, since the others say nothing about freshness. */
import { setTimeout as pause } from 'node:timers/promises'

import { askRedis } from '../redis-admin.ts'
import type { ClusterNode, ClusterTopology } from '../redis-cluster.ts'
import { eventually } from '../eventually.ts'
import { named, processKilled, processStopped, type Fault, type RunWorld } from './faults.ts'
import { logFaults } from './log-faults.ts'
import { processCutOff } from './partition.ts'

export function clusterFaults(topology: ClusterTopology): readonly Fault[] {
  const keyOf = ({ namespace }: RunWorld): string => `hf:{${namespace}}:head`
  const primaryOf = (world: RunWorld): Promise<ClusterNode> => topology.primaryOf(keyOf(world))
  return [
    named('primaryKilled', async (world) => {
      const primary = await primaryOf(world)
      primary.server.signal('SIGKILL')
      await topology.promoted(keyOf(world), primary)
      await primary.server.restart()
      await topology.settled()
      return 'primary killed, its replica promoted, the old one started again'
    }),
    named('failoverAskedFor', async (world) => {
      const primary = await primaryOf(world)
      const replica = await eventually(() => replicaOf(topology, primary), { what: 'a replica' })
      await askRedis(replica.server.port, 'CLUSTER', 'FAILOVER')
      await topology.promoted(keyOf(world), primary)
      await topology.settled()
      return 'failover asked for'
    }),
    // Of a primary that is down: forced on one that lives, two of them would take writes for a moment, which A2 excludes.
    named('failoverForced', async (world, random) => {
      const primary = await primaryOf(world)
      const replica = await eventually(() => replicaOf(topology, primary), { what: 'a replica' })
      primary.server.signal('SIGKILL')
      const how = random.pick(['FORCE', 'TAKEOVER'])
      await askRedis(replica.server.port, 'CLUSTER', 'FAILOVER', how)
      await topology.promoted(keyOf(world), primary)
      await primary.server.restart()
      await topology.settled()
      return `primary killed, its replica promoted by ${how}, the old one started again`
    }),
    named('slotMoved', async (world, random) => {
      const move = await topology.move(keyOf(world))
      const forMs = random.below(200)
      await pause(forMs)
      await move.carry(keyOf(world))
      // The log is half here and half there.
      await pause(forMs)
      await move.finish()
      await topology.settled()
      return `slot of the log moved to another primary, with ${forMs} ms between the steps`
    }),
    named('primaryFrozenUntilPromotion', async (world, random) => {
      const primary = await primaryOf(world)
      primary.server.signal('SIGSTOP')
      try {
        await topology.promoted(keyOf(world), primary)
        await pause(random.below(300))
      } finally {
        primary.server.signal('SIGCONT')
      }
      await topology.settled()
      return 'primary frozen until its replica was promoted, and woken'
    }),
    processCutOff(topology.nodes.map(({ server }) => server)),
    ...logFaults(async (world) => (await primaryOf(world)).server),
    processStopped,
    processKilled,
  ]
}

async function replicaOf({ nodes }: ClusterTopology, { id, server }: ClusterNode): Promise<ClusterNode | undefined> {
  const lines = String(await askRedis(server.port, 'CLUSTER', 'REPLICAS', id))
  return nodes.find((node) => lines.includes(node.id) && node.id !== id)
}
