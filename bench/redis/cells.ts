/** What is measured: sizes and callers, and how often. Cells that a criterion looks at get more rounds than the others. */
import { Redis as Client } from 'ioredis'
import type { RedisBinary } from 'holdfast/testing'

import { takeTurns, type Loop } from '../support/closed-loop.ts'
import { median, pairedRatio, type Estimate } from '../support/statistics.ts'
import { ceiling } from './ceiling.ts'
import { openContenders, WAYS, type Contenders, type Way } from './contenders.ts'
import { fill } from './fill.ts'
import { isSlower } from './pool-verdict.ts'
import type { Topology } from './topologies.ts'

export interface Cell {
  readonly topology: Topology['name']
  readonly sizeBytes: number
  readonly inFlight: number
  readonly rounds: number
  /** Reads per second, medians of the rounds. */
  readonly perSecond: Readonly<Record<Way | 'redisBenchmark', number>>
  /** Holdfast with up to ten connections over Holdfast with one, round by round. */
  readonly poolRatio: Estimate
  /** Holdfast with one connection over the same once more: what noise alone makes of a ratio of 1. */
  readonly controlRatio: Estimate
  /** Holdfast with one connection over one bare ioredis connection, round by round. */
  readonly batcherRatio: Estimate
  /** Connections that the pool of ten had opened by the end. */
  readonly poolConnections: number
}

// Many short rounds: what disturbs a shared machine mostly lasts longer than two neighbouring ones of these.
const ROUND_MS = 10
const JUDGED_ROUNDS = 150
const OTHER_ROUNDS = 30
/** Where a pool seems slower: so many more, and it is judged by all of them. One of many intervals errs now and then. */
const FURTHER_ROUNDS = 300
const CEILING_RUNS = 3

/** The criteria speak of these sizes and callers; the rest is for information. */
export function isJudged(sizeBytes: number, inFlight: number): boolean {
  return sizeBytes <= 1024 && inFlight >= 10 && inFlight <= 1000
}

export interface Plan {
  readonly sizesBytes: readonly number[]
  readonly inFlight: readonly number[]
}

/** Measures each size with each number of callers, telling of every cell as it is done. */
export async function measure(topology: Topology, binary: RedisBinary, plan: Plan, done: (cell: Cell) => void) {
  const { primary, place } = topology
  const filler = new Client(primary.port, primary.host)
  try {
    for (const sizeBytes of plan.sizesBytes) {
      const keys = await fill(filler, sizeBytes)
      await using contenders = await openContenders(place, keys[0] ?? '', sizeBytes)
      for (const inFlight of plan.inFlight) {
        const rates = await compare(
          contenders.all,
          { inFlight, keys, roundMs: ROUND_MS },
          isJudged(sizeBytes, inFlight),
        )
        const redisBenchmark = await ceilingOf(binary, primary.port, sizeBytes, inFlight)
        const poolConnections = contenders.poolConnections()
        done({ topology: topology.name, sizeBytes, inFlight, poolConnections, ...summaryOf(rates, redisBenchmark) })
      }
    }
  } finally {
    filler.disconnect()
  }
}

type Rates = Readonly<Record<Way, readonly number[]>>

async function compare(contenders: Contenders['all'], loop: Omit<Loop, 'rounds'>, judged: boolean): Promise<Rates> {
  const rates = await takeTurns(contenders, { ...loop, rounds: judged ? JUDGED_ROUNDS : OTHER_ROUNDS })
  const { single, control, pool } = rates
  if (!judged || !isSlower(pairedRatio(pool, single), pairedRatio(control, single))) return rates
  const further = await takeTurns(contenders, { ...loop, rounds: FURTHER_ROUNDS })
  const joined = WAYS.map((way) => [way, [...rates[way], ...further[way]]])
  return Object.fromEntries(joined) as Rates
}

function summaryOf(rates: Rates, redisBenchmark: number) {
  const medians = Object.fromEntries(WAYS.map((way) => [way, Math.round(median(rates[way]))])) as Record<Way, number>
  return {
    rounds: rates.single.length,
    perSecond: { ...medians, redisBenchmark: Math.round(redisBenchmark) },
    poolRatio: pairedRatio(rates.pool, rates.single),
    controlRatio: pairedRatio(rates.control, rates.single),
    batcherRatio: pairedRatio(rates.single, rates.plain),
  }
}

async function ceilingOf(binary: RedisBinary, port: number, sizeBytes: number, inFlight: number): Promise<number> {
  const runs: number[] = []
  for (let run = 0; run < CEILING_RUNS; run += 1) runs.push(await ceiling(binary, { port, sizeBytes, inFlight }))
  return median(runs)
}
