/** What many runs come to. */
import type { Worst } from './oracle/oracle.ts'
import type { ViolationKind } from './oracle/history.ts'
import type { Fault } from './world/plan.ts'
import type { RunResult } from './world/run.ts'

export interface Sums {
  readonly seeds: number
  readonly reads: number
  readonly loads: number
  readonly acknowledged: number
  readonly events: number
  /** How many runs had each fault. */
  readonly faults: Readonly<Partial<Record<Fault | 'none', number>>>
  readonly violating: readonly { readonly seed: number; readonly kinds: readonly string[]; readonly first: string }[]
  /** The longest staleness served within the bound, as a share of it. */
  readonly worst: Worst & { readonly seed: number; readonly shareOfBound: number }
}

export function emptySums(): Sums {
  return {
    seeds: 0,
    reads: 0,
    loads: 0,
    acknowledged: 0,
    events: 0,
    faults: {},
    violating: [],
    worst: { us: 0, what: '', seed: 0, shareOfBound: 0 },
  }
}

/** Adds a run; `unhandled` are rejections that nobody handled in it. */
export function addTo(sums: Sums, result: RunResult, unhandled: readonly string[]): Sums {
  const { seed, plan, violations } = result
  const kinds: (ViolationKind | 'unhandled-rejection')[] = violations.map(({ kind }) => kind)
  if (unhandled.length > 0) kinds.push('unhandled-rejection')
  const first = violations[0]?.what ?? unhandled[0] ?? ''
  const shareOfBound = result.worst.us / (plan.boundMs * 1000)
  const faults: Partial<Record<Fault | 'none', number>> = { ...sums.faults }
  for (const fault of plan.faults.length > 0 ? plan.faults : (['none'] as const))
    faults[fault] = (faults[fault] ?? 0) + 1
  return {
    seeds: sums.seeds + 1,
    reads: sums.reads + result.reads,
    loads: sums.loads + result.loads,
    acknowledged: sums.acknowledged + result.acknowledged,
    events: sums.events + result.events,
    faults,
    violating: kinds.length > 0 ? [...sums.violating, { seed, kinds: [...new Set(kinds)], first }] : sums.violating,
    worst: shareOfBound > sums.worst.shareOfBound ? { ...result.worst, seed, shareOfBound } : sums.worst,
  }
}

export function merged(left: Sums, right: Sums): Sums {
  const faults: Partial<Record<Fault | 'none', number>> = { ...left.faults }
  for (const [fault, count] of Object.entries(right.faults) as [Fault | 'none', number][]) {
    faults[fault] = (faults[fault] ?? 0) + count
  }
  return {
    seeds: left.seeds + right.seeds,
    reads: left.reads + right.reads,
    loads: left.loads + right.loads,
    acknowledged: left.acknowledged + right.acknowledged,
    events: left.events + right.events,
    faults,
    violating: [...left.violating, ...right.violating].sort((one, other) => one.seed - other.seed),
    worst: right.worst.shareOfBound > left.worst.shareOfBound ? right.worst : left.worst,
  }
}
