import type { RefusalCost } from './breaker.ts'
import { isJudged, type Cell } from './cells.ts'
import { isSlower } from './pool-verdict.ts'

/** Something that must hold, and whether it did. */
export interface Criterion {
  readonly claim: string
  readonly found: string
  readonly held: boolean
}

const BATCHER_GAIN = 1.5
const REFUSAL_MICROSECONDS = 50

export function judge(cells: readonly Cell[], refusal: RefusalCost): readonly Criterion[] {
  const judged = cells.filter(({ sizeBytes, inFlight }) => isJudged(sizeBytes, inFlight))
  return [
    ...judged.filter(({ topology }) => topology === 'standalone').map(poolCriterion),
    ...judged.filter(({ sizeBytes, inFlight }) => sizeBytes === 1024 && inFlight === 100).map(batcherCriterion),
    refusalCriterion(refusal),
  ]
}

function poolCriterion({ sizeBytes, inFlight, poolRatio, controlRatio }: Cell): Criterion {
  return {
    claim: `pool of 10 not slower than 1 connection: ${sizeBytes} B, ${inFlight} in flight`,
    found: `${describe(poolRatio)}; noise: ${describe(controlRatio)}`,
    held: !isSlower(poolRatio, controlRatio),
  }
}

function batcherCriterion({ topology, batcherRatio }: Cell): Criterion {
  return {
    claim: `batcher at least ${BATCHER_GAIN}× plain GETs of ioredis: 1024 B, 100 in flight, ${topology}`,
    found: describe(batcherRatio),
    held: batcherRatio.median >= BATCHER_GAIN,
  }
}

function refusalCriterion({ microsecondsPerCall, commandsSent }: RefusalCost): Criterion {
  return {
    claim: `breaker open: below ${REFUSAL_MICROSECONDS} µs per call, nothing sent`,
    found: `${microsecondsPerCall.toFixed(1)} µs, ${commandsSent} commands`,
    held: microsecondsPerCall < REFUSAL_MICROSECONDS && commandsSent === 0,
  }
}

function describe({ median, low, high }: Cell['poolRatio']): string {
  return `${median.toFixed(2)}× (${low.toFixed(2)} to ${high.toFixed(2)})`
}
