/**
 * Failover drills, repeated on topologies of their own: how long until a service writes again, and by how much any call of
 * it outlived its deadline meanwhile. Prints a table and its criteria, writes results/redis-failover.json, and exits with 1
 * when a criterion is missed.
 *
 *     node bench/run.ts redis-failover [rounds]
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { drillTable, runDrill, type Drill, type DrillResult } from '../test/support/drill.ts'
import {
  clusterDrill,
  onCluster,
  onSentinels,
  sentinelDrill,
  sentinelsRestartedDrill,
} from '../test/support/failover-drills.ts'
import { machineFacts } from './support/machine.ts'

/** How late a call may be where nothing but this process is to blame: longer than its timers were late. */
const OVERRUN_LIMIT_MS = 50
const FAILOVER_LIMIT_MS = 2000

interface Exercise {
  readonly run: () => Promise<DrillResult>
  /** The longest time to the first good write; of a cluster, counted from its own failover. */
  readonly limitMs: number
  readonly counts: 'from the strike' | 'from the promotion'
}

const sentinels = (prepare: Parameters<typeof onSentinels<Drill>>[0], limitMs: number): Exercise => ({
  run: () => onSentinels(async (topology) => runDrill(await prepare(topology))),
  limitMs,
  counts: 'from the strike',
})
const cluster = (prepare: Parameters<typeof onCluster<Drill>>[0]): Exercise => ({
  run: () => onCluster(async (topology) => runDrill(await prepare(topology))),
  limitMs: FAILOVER_LIMIT_MS,
  counts: 'from the promotion',
})
const exercises: readonly Exercise[] = [
  sentinels((topology) => sentinelDrill(topology, 'SIGKILL'), 5000),
  sentinels((topology) => sentinelDrill(topology, 'SIGSTOP'), 7000),
  sentinels(sentinelsRestartedDrill, 7000),
  cluster((topology) => clusterDrill(topology, 'SIGKILL')),
  cluster((topology) => clusterDrill(topology, 'SIGSTOP')),
]

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const rounds = Number(process.argv[2] ?? 3)
const machine = machineFacts()
const results: DrillResult[] = []
const missed: string[] = []

for (let round = 1; round <= rounds; round += 1) {
  for (const exercise of exercises) {
    const result = await exercise.run()
    results.push(result)
    missed.push(...missedBy(result, exercise).map((what) => `round ${round}, ${result.name}: ${what}`))
    print(`round ${round}: ${result.name}: writes after ${Math.round(result.firstGoodWriteMs)} ms`)
  }
}

print(`\n${drillTable(results).join('\n')}\n`)
print(missed.length === 0 ? 'every criterion held' : `missed:\n${missed.join('\n')}`)
const folder = join(import.meta.dirname, 'results')
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'redis-failover.json'), `${JSON.stringify({ machine, results, missed }, null, 2)}\n`)
process.exitCode = missed.length === 0 ? 0 : 1

function missedBy(result: DrillResult, { limitMs, counts }: Exercise): readonly string[] {
  const promotedMs = counts === 'from the promotion' ? (result.promotedMs ?? 0) : 0
  const problems: (readonly [boolean, string])[] = [
    [result.firstGoodWriteMs - promotedMs > limitMs, `no good write within ${limitMs} ms ${counts}`],
    [
      result.worstOverrunMs > OVERRUN_LIMIT_MS + result.worstTimerDelayMs,
      `a call outlived its deadline by ${Math.round(result.worstOverrunMs)} ms`,
    ],
    [result.failedReads > 0, `${result.failedReads} cached reads were not answered`],
    [result.unhandledRejections > 0, `${result.unhandledRejections} unhandled rejections`],
  ]
  return problems.flatMap(([isMissed, what]) => (isMissed ? [what] : []))
}
