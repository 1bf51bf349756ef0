/** How long an answer is held back, in milliseconds: always the same, or drawn evenly from a range for each answer. */
export type Latency = number | { readonly min: number; readonly max: number }

/** @throws RangeError when it is negative, not finite, or a range upside down */
export function checkLatency(latency: Latency): Latency {
  const { min, max } = typeof latency === 'number' ? { min: latency, max: latency } : latency
  if (Number.isFinite(min) && Number.isFinite(max) && min >= 0 && min <= max) return latency
  throw new RangeError(`latency must be milliseconds from 0, or such a range; got ${JSON.stringify(latency)}`)
}

/** @param random from 0 to 1 */
export function drawLatency(latency: Latency, random: number): number {
  return typeof latency === 'number' ? latency : latency.min + random * (latency.max - latency.min)
}
