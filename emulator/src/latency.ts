/**
 * How long an answer is held back, in milliseconds: always the same; drawn evenly from a range; or drawn with a long tail, so
 * that half of the answers take up to `p50` and one of a hundred more than `p99`.
 */
export type Latency =
  | number
  | { readonly min: number; readonly max: number }
  | { readonly p50: number; readonly p99: number }

/** No draw is further out in the tail than one of so many. */
const RAREST = 10_000

/** @throws RangeError when it is negative, not finite, or a range upside down */
export function checkLatency(latency: Latency): Latency {
  const [low, high] = boundsOf(latency)
  const isPossible = typeof latency === 'number' || 'min' in latency || low > 0
  if (Number.isFinite(low) && Number.isFinite(high) && low >= 0 && low <= high && isPossible) return latency
  throw new RangeError(
    `latency must be milliseconds from 0, a range of such, or p50 above 0 and p99; got ${JSON.stringify(latency)}`,
  )
}

function boundsOf(latency: Latency): readonly [number, number] {
  if (typeof latency === 'number') return [latency, latency]
  return 'min' in latency ? [latency.min, latency.max] : [latency.p50, latency.p99]
}

/** @param random from 0 to 1 */
export function drawLatency(latency: Latency, random: number): number {
  if (typeof latency === 'number') return latency
  if ('min' in latency) return latency.min + random * (latency.max - latency.min)
  // A Pareto distribution through both points.
  const rarity = Math.min(1 / (1 - Math.min(random, 1 - 1 / RAREST)), RAREST)
  return latency.p50 * (latency.p99 / latency.p50) ** (Math.log(rarity / 2) / Math.log(50))
}
