/**
 * What is counted for one family: plain numbers in fixed places, so that a hit in L1 costs one addition. What is rare is
 * counted by its labels in maps.
 */
import type { ReadResult, Tier } from '../base/events.ts'
import { LOAD_EDGES, READ_EDGES, SIZE_EDGES } from './catalogue.ts'
import { Histogram } from './histogram.ts'

/** How reads end, as pairs of result and tier; a family counts them in this order. */
export const READ_ENDS: readonly (readonly [result: ReadResult, tier: Tier])[] = [
  ['hit', 'l1'],
  ['hit', 'l2'],
  ['stale', 'l1'],
  ['stale', 'l2'],
  ['miss', 'none'],
  ['bypass', 'none'],
]

export const HIT_L1 = 0

export class FamilyCounts {
  readonly reads: number[] = READ_ENDS.map(() => 0)
  readonly readSeconds: readonly Histogram[] = READ_ENDS.map(() => new Histogram(READ_EDGES))
  /** By outcome and trigger. */
  readonly loads: Map<string, Histogram> = new Map()
  readonly joined: Record<'process' | 'fleet', number> = { process: 0, fleet: 0 }
  readonly refreshes: Map<string, number> = new Map()
  shed = 0
  /** By trigger and outcome. */
  readonly puts: Map<string, number> = new Map()
  readonly storedBytes: Histogram = new Histogram(SIZE_EDGES)

  load(outcome: string, trigger: string, seconds: number): void {
    const name = `${outcome} ${trigger}`
    const found = this.loads.get(name) ?? new Histogram(LOAD_EDGES)
    this.loads.set(name, found)
    found.observe(seconds)
  }
}

/** The place of a read's end. */
export function readEnd(result: ReadResult, tier: Tier): number {
  switch (result) {
    case 'hit':
      return tier === 'l1' ? HIT_L1 : 1
    case 'stale':
      return tier === 'l1' ? 2 : 3
    case 'miss':
      return 4
    case 'bypass':
      return 5
  }
}

export function increment(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}
