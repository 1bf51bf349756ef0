import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { createRedis, type Script } from '../../src/index.ts'
import { runDrill, type Drill, type DrillResult } from '../support/drill.ts'
import { eventually } from '../support/eventually.ts'
import {
  clusterDrill,
  onCluster,
  onSentinels,
  sentinelDrill,
  sentinelsRestartedDrill,
} from '../support/failover-drills.ts'
import { reportFile } from './report.ts'

/** Not a claim about time: what takes this long hangs. The times go to the report. */
const HANGS_MS = 30_000

async function run(prepare: () => Promise<Drill>): Promise<DrillResult> {
  const result = await runDrill(await prepare())
  await mkdir(dirname(reportFile), { recursive: true })
  await appendFile(reportFile, `${JSON.stringify(result)}\n`)
  return result
}

const COUNT: Script = { name: 'test.count', lua: "return redis.call('INCR', KEYS[1])" }

describe('a command that failed', () => {
  it('is not sent again behind its caller when the slot is served again', async () => {
    await onCluster(async (topology) => {
      const key = 'hf:count:{loop}'
      const primary = await topology.primaryOf(key)
      const redis = createRedis({ cluster: { nodes: topology.addresses }, breaker: { minimumCalls: 1_000_000 } })
      onTestFinished(() => redis.close())
      await redis.ready()
      primary.server.signal('SIGKILL')
      await primary.server.exited
      let failed = 0
      const count = async (): Promise<unknown> => {
        // Several at once, so that some wait for a connection while others are refused.
        const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => redis.run(COUNT, [key], [])))
        failed += outcomes.filter(({ status }) => status === 'rejected').length
        return outcomes.find((outcome) => outcome.status === 'fulfilled')?.value
      }
      expect(await eventually(count, { what: 'a count', everyMs: 5 })).toBe(1)
      expect(failed).toBeGreaterThan(20)
    })
  })
})

describe('a service goes on, and writes again by itself, after a failover', () => {
  it.each([
    [
      'of a killed primary under Sentinel',
      () => onSentinels((topology) => run(() => sentinelDrill(topology, 'SIGKILL'))),
    ],
    [
      'of a frozen primary under Sentinel',
      () => onSentinels((topology) => run(() => sentinelDrill(topology, 'SIGSTOP'))),
    ],
    [
      'that sentinels decide which were all restarted',
      () => onSentinels((topology) => run(() => sentinelsRestartedDrill(topology))),
    ],
    ['of a killed primary of a cluster', () => onCluster((topology) => run(() => clusterDrill(topology, 'SIGKILL')))],
    ['of a frozen primary of a cluster', () => onCluster((topology) => run(() => clusterDrill(topology, 'SIGSTOP')))],
  ])('%s', async (_name, drill) => {
    const result = await drill()
    expect(result.failedReads, 'cached reads without an answer').toBe(0)
    expect(result.unhandledRejections).toBe(0)
    expect(result.firstGoodWriteMs).toBeLessThan(HANGS_MS)
    expect(result.worstOverrunMs).toBeLessThan(HANGS_MS)
    expect(result.worstReadMs).toBeLessThan(HANGS_MS)
    expect(result.failedCalls, 'the drill did harm').toBeGreaterThan(0)
  })
})
