/** What a number of staleness runs came to, as data: for `--json`. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { obtainRedis } from '../../../src/testing/index.ts'
import type { RunResult } from './fleet.ts'
import type { TopologyName } from './ground.ts'

export interface StalenessFigures {
  readonly topology: TopologyName
  readonly runs: number
  readonly reads: number
  readonly strictReads: number
  readonly invalidations: number
  readonly acknowledged: number
  /** How often each kind of fault happened. */
  readonly faults: Readonly<Record<string, number>>
  /** The longest that a bounded read was behind an acknowledged invalidation, whatever went wrong then, in ms. */
  readonly worstStalenessMs: number
  readonly boundMs: number
  readonly violations: number
  readonly versions: { readonly redis: string; readonly node: string }
}

export async function writeFigures(
  file: string,
  topology: TopologyName,
  boundMs: number,
  results: readonly RunResult[],
): Promise<void> {
  const sum = (of: (result: RunResult) => number): number => results.reduce((total, result) => total + of(result), 0)
  const faults: Record<string, number> = {}
  for (const { kind } of results.flatMap((result) => result.faults)) faults[kind] = (faults[kind] ?? 0) + 1
  const binary = await obtainRedis()
  const { stdout } = await promisify(execFile)(binary.path, ['--version'], { env: { ...process.env, ...binary.env } })
  const figures: StalenessFigures = {
    topology,
    runs: results.length,
    reads: sum(({ reads }) => reads),
    strictReads: sum(({ strictReads }) => strictReads),
    invalidations: sum(({ invalidations }) => invalidations),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    faults,
    worstStalenessMs: Math.max(0, ...results.map(({ worstMs }) => worstMs)),
    boundMs,
    violations: sum(({ violations }) => violations.length),
    versions: { redis: /v=(\S+)/.exec(stdout)?.[1] ?? stdout.trim(), node: process.version },
  }
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`)
}
