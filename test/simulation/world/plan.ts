/**
 * What a run is like, drawn from its seed: how many processes, which faults, how slow a network. Times are scaled: the bound
 * is the smallest that the engine takes, so that a second of virtual time holds ten of them.
 */
import type { Dice } from '../time/dice.ts'

export const FAULTS = [
  'connection-lost',
  'connection-deaf',
  'slow-network',
  'stall',
  'suspend',
  'crash',
  'wall-jump',
  'server-clock-jump',
  'failover',
  'restart',
  'eviction',
  'trim',
] as const

export type Fault = (typeof FAULTS)[number]

export interface Plan {
  readonly processes: number
  readonly boundMs: number
  readonly leaseMs: number
  readonly readTimeoutMs: number
  /** How long processes read and invalidate; then everything heals, and nothing new is asked. */
  readonly busyMs: number
  readonly quietMs: number
  /** The longest ordinary delay of a message, in µs. */
  readonly delayUs: number
  readonly hasReplica: boolean
  readonly lagUs: number
  readonly skewUs: number
  /** A quick network, clocks that agree, a source that never fails, and no fault: such a run is asked for more. */
  readonly isCalm: boolean
  /** Which faults happen. */
  readonly faults: readonly Fault[]
  readonly faultEveryMs: number
  /** Pauses between the operations of a process, on average. */
  readonly pauseMs: number
  readonly loadMs: number
  /** The share of loads that fail. */
  readonly failing: number
  readonly ttlMs: number
  readonly graceMs: number
  /** What a heartbeat brings at most: in some runs so few that it takes several. */
  readonly recordsPerBeat: number
  /** Small limits, so that folds happen; none keeps the engine's own. */
  readonly markLimits?: { readonly maxMarks: number; readonly maxGlobs: number }
}

export function planOf(dice: Dice): Plan {
  const isCalm = dice.chance(0.12)
  const boundMs = dice.between(100, 200)
  const enabled = isCalm ? [] : FAULTS.filter(() => dice.chance(0.35))
  const isSlow = enabled.includes('slow-network')
  return {
    isCalm,
    processes: dice.between(2, 4),
    boundMs,
    leaseMs: 100,
    readTimeoutMs: dice.between(30, 60),
    busyMs: dice.between(250, 800),
    quietMs: 200,
    delayUs: isCalm ? 1000 : isSlow ? 90_000 : dice.between(2000, 20_000),
    hasReplica: enabled.includes('failover') || dice.chance(0.3),
    lagUs: dice.pick([1000, 20_000, 120_000]),
    skewUs: isCalm ? 0 : dice.pick([0, 10_000, 5_000_000]),
    faults: enabled,
    faultEveryMs: dice.between(30, 250),
    pauseMs: dice.between(4, 30),
    loadMs: dice.pick([3, 30, 30, 1.6 * boundMs]),
    failing: isCalm ? 0 : dice.pick([0, 0, 0.1]),
    ttlMs: dice.pick([40, 400, 60_000]),
    graceMs: dice.pick([0, 0, 1000]),
    // Not drawn, so that the seeds that broke something once still make the same runs.
    recordsPerBeat: Math.floor(boundMs) % 5 === 3 ? 1 : 256,
    ...(!isCalm && dice.chance(0.5) && { markLimits: { maxMarks: dice.between(3, 8), maxGlobs: 2 } }),
  }
}
