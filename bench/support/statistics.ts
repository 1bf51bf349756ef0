/** The middle of what was measured: unlike a mean, one disturbed sample does not move it. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((left, right) => left - right)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper
}

/** A median, and the interval that holds the true one in at least 95 of 100 such runs. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
}

/**
 * The median with its 95 % confidence interval by order statistics: whether a sample lies below the true median is a coin
 * toss, whatever the distribution, so the interval needs no assumption about the noise.
 *
 * @param samples at least 6, or no interval reaches 95 %
 */
export function estimate(samples: readonly number[]): Estimate {
  const sorted = [...samples].sort((left, right) => left - right)
  const rank = lowRank(sorted.length)
  if (rank < 0) throw new RangeError(`an interval of 95 % needs at least 6 samples, got ${sorted.length}`)
  return {
    median: median(sorted),
    low: sorted[rank] ?? Number.NaN,
    high: sorted[sorted.length - 1 - rank] ?? Number.NaN,
  }
}

/** The highest rank, from 0, below which the true median lies with a chance of at most 2.5 %; -1 when there is none. */
function lowRank(count: number): number {
  let rank = -1
  let chance = 0.5 ** count
  for (let below = chance; below <= 0.025; below += chance) {
    rank += 1
    chance *= (count - rank) / (rank + 1)
  }
  return rank
}

/** One series over another, pair by pair: what disturbs a round disturbs both, and cancels out. */
export function pairedRatio(numerator: readonly number[], denominator: readonly number[]): Estimate {
  return estimate(numerator.map((value, index) => value / (denominator[index] ?? Number.NaN)))
}
