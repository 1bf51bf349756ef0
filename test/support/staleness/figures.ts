/** What a number of staleness runs came to, as data: for `--json`, and for the page of the proof. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { obtainRedis } from '../../../src/testing/index.ts'
import type { RunResult } from './fleet.ts'
import type { TopologyName } from './ground.ts'

export interface StalenessFigures {
  readonly topology: TopologyName
  readonly firstSeed: number
  readonly runs: number
  readonly reads: number
  readonly strictReads: number
  readonly invalidations: number
  readonly acknowledged: number
  readonly boundMs: number
  readonly violations: number
  readonly rejectedCalls: number
  /** How often each kind of fault happened, and the longest that a bounded read was behind during one, in ms. */
  readonly faults: Readonly<Record<string, FaultFigures>>
  /** The longest that a read was behind an acknowledged invalidation, in ms. */
  readonly worstMs: { readonly bounded: number; readonly strict: number; readonly undisturbed: number }
  /** From an acknowledgement to the first read in another process that knew of it, in ms. */
  readonly propagationMs: { readonly pairs: number; readonly p50: number; readonly p99: number }
  readonly versions: { readonly redis: string; readonly node: string }
}

export interface FaultFigures {
  readonly times: number
  readonly worstMs: number
}

/** Runs of one topology. */
export interface Series {
  readonly topology: TopologyName
  readonly boundMs: number
  readonly results: readonly RunResult[]
}

export async function writeFigures(file: string, series: Series): Promise<void> {
  await writeFile(file, `${JSON.stringify(await figuresOf(series), null, 2)}\n`)
}

async function figuresOf({ topology, boundMs, results }: Series): Promise<StalenessFigures> {
  const sum = (of: (result: RunResult) => number): number => results.reduce((total, result) => total + of(result), 0)
  const worst = (lates: readonly number[]): number => lates.reduce((most, late) => Math.max(most, late), 0)
  const lates = results.flatMap(({ behind, faults }) => behind.map((late) => ({ ...late, kind: during(late, faults) })))
  const [strict, bounded] = [lates.filter((late) => late.strict), lates.filter((late) => !late.strict)]
  const worstIn = (kind: string): number =>
    worst(bounded.filter((late) => late.kind === kind).map(({ stalenessMs }) => stalenessMs))
  const kinds = Map.groupBy(
    results.flatMap(({ faults }) => faults),
    ({ kind }) => kind,
  )
  const times = results.flatMap(({ propagationMs }) => propagationMs).sort((left, right) => left - right)
  return {
    topology,
    firstSeed: results[0]?.seed ?? 0,
    runs: results.length,
    reads: sum(({ reads }) => reads),
    strictReads: sum(({ strictReads }) => strictReads),
    invalidations: sum(({ invalidations }) => invalidations),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    boundMs,
    violations: sum(({ violations }) => violations.length),
    rejectedCalls: sum(({ errors }) => errors.length),
    faults: Object.fromEntries(
      [...kinds]
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([kind, all]) => [kind, { times: all.length, worstMs: rounded(worstIn(kind)) }]),
    ),
    worstMs: {
      bounded: rounded(worst(bounded.map(({ stalenessMs }) => stalenessMs))),
      strict: rounded(worst(strict.map(({ stalenessMs }) => stalenessMs))),
      undisturbed: rounded(worstIn(UNDISTURBED)),
    },
    propagationMs: { pairs: times.length, p50: rounded(quantile(times, 0.5)), p99: rounded(quantile(times, 0.99)) },
    versions: { redis: await redisVersion(), node: process.version },
  }
}

const UNDISTURBED = ''

/** The last fault that began before a read and was not over when what the read missed was acknowledged. */
function during({ beganMs, stalenessMs }: RunResult['behind'][number], faults: RunResult['faults']): string {
  return (
    faults.findLast(({ atMs, endedMs }) => atMs <= beganMs && endedMs >= beganMs - stalenessMs)?.kind ?? UNDISTURBED
  )
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

async function redisVersion(): Promise<string> {
  const { path, env } = await obtainRedis()
  const { stdout } = await promisify(execFile)(path, ['--version'], { env: { ...process.env, ...env } })
  return /v=(\S+)/.exec(stdout)?.[1] ?? stdout.trim()
}
