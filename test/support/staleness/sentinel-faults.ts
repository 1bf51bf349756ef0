/** What goes wrong with a primary that sentinels watch. */
import { setTimeout as pause } from 'node:timers/promises'

import type { PrivateRedis } from '../../../src/testing/index.ts'
import { eventually } from '../eventually.ts'
import { askRedis, fieldsOf } from '../redis-admin.ts'
import type { SentinelTopology } from '../redis-sentinel.ts'
import { named, processKilled, processStopped, type Fault } from './faults.ts'
import { logFaults } from './log-faults.ts'
import { processCutOff } from './partition.ts'

export function sentinelFaults(topology: SentinelTopology): readonly Fault[] {
  return [
    // Refused writes as long as it has no replicas, the killed one is harmless when it comes back and calls itself primary.
    named('primaryKilled', async () => {
      const primary = await topology.primary()
      primary.signal('SIGKILL')
      await topology.promoted(primary)
      await primary.restart()
      await topology.settled()
      return 'primary killed, a replica promoted, the old one started again'
    }),
    named('primaryFrozenUntilPromotion', async (_world, random) => {
      const primary = await topology.primary()
      primary.signal('SIGSTOP')
      try {
        await topology.promoted(primary)
        await pause(random.below(300))
      } finally {
        // It wakes as a primary, with whatever was sent to it meanwhile.
        primary.signal('SIGCONT')
      }
      // Sentinels that still see to the last failover do not begin the next one.
      await topology.settled()
      return 'primary frozen until a replica was promoted, and woken'
    }),
    primaryIsolated(topology),
    processCutOff(topology.servers),
    ...logFaults(() => topology.primary()),
    processStopped,
    processKilled,
  ]
}

/**
 * A primary that its replicas cannot reach, while every client and sentinel can, and a replica that is promoted beside it:
 * what it acknowledges from the first moment on is lost. Under the fence it acknowledges nothing then, so that this is within
 * assumption A2; without one it is what A2 excludes.
 */
export function primaryIsolated(topology: SentinelTopology): Fault {
  return named('primaryIsolated', async (_world, random) => {
    const old = await topology.primary()
    const replicas = await topology.replicas()
    await Promise.all(replicas.map((replica) => askRedis(replica.port, 'CONFIG', 'SET', 'masterauth', WRONG)))
    await askRedis(old.port, 'CLIENT', 'KILL', 'TYPE', 'replica')
    const aloneMs = 100 + random.below(400)
    await pause(aloneMs)
    await topology.failover()
    const next = await topology.primary()
    await Promise.all(replicas.filter((replica) => replica !== next).map((replica) => follows(replica, next)))
    const besideMs = random.below(500)
    await pause(besideMs)
    // Sentinels would do the same, some eight seconds later.
    await askRedis(old.port, 'REPLICAOF', next.host, next.port)
    await Promise.all(replicas.map((replica) => askRedis(replica.port, 'CONFIG', 'SET', 'masterauth', '')))
    await topology.settled()
    return `primary without its replicas for ${aloneMs} ms, a replica promoted, the old one beside it for ${besideMs} ms`
  })
}

/** No server asks for a password, so a replica that sends one is refused and has no other way in. */
const WRONG = 'a password that no server asks for'

/** Until the sentinels have pointed it there: a replica that may come back earlier would end the fence of the old primary. */
async function follows({ port }: PrivateRedis, next: PrivateRedis): Promise<void> {
  await eventually(
    async () => {
      const replication = fieldsOf(String(await askRedis(port, 'INFO', 'replication')))
      return replication.get('master_port') === String(next.port) ? true : undefined
    },
    { what: 'a replica that follows the new primary' },
  )
  await askRedis(port, 'CONFIG', 'SET', 'masterauth', '')
}
