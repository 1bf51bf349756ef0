/** What goes wrong with a primary that sentinels watch. */
import type { SentinelTopology } from '../redis-sentinel.ts'
import { named, processKilled, processStopped, type Fault } from './faults.ts'
import { logFaults } from './log-faults.ts'

export function sentinelFaults(topology: SentinelTopology): readonly Fault[] {
  return [
    // Refused writes as long as it has no replicas, the killed one is harmless when it comes back and calls itself primary.
    named('primaryKilled', async () => {
      const primary = await topology.primary()
      primary.signal('SIGKILL')
      await topology.promoted(primary)
      await primary.restart()
      return 'primary killed, a replica promoted, the old one started again'
    }),
    ...logFaults(() => topology.primary()),
    processStopped,
    processKilled,
  ]
}
