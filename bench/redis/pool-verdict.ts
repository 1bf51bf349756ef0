import type { Estimate } from '../support/statistics.ts'

/**
 * Lest a wide interval excuse anything, the median may not lie below this either, unless two equal pools differ as much:
 * then it is the machine that is too busy to tell.
 */
const FLOOR = 0.95

/** A pool is slower when the whole 95 % interval of the paired ratio lies below 1, or its median below the floor. */
export function isSlower(ratio: Estimate, control: Estimate): boolean {
  return ratio.high < 1 || ratio.median < Math.min(FLOOR, control.low)
}
