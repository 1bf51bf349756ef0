/** A histogram of fixed edges: counts by bucket, and the sum. Observing costs a walk over the edges and two additions. */
export class Histogram {
  readonly edges: readonly number[]
  /** Not cumulative; the last one holds what is above every edge. */
  readonly counts: number[]
  sum = 0

  constructor(edges: readonly number[]) {
    this.edges = edges
    this.counts = Array.from({ length: edges.length + 1 }, () => 0)
  }

  /** Counts `value` so many times, as one of a sample stands for others. */
  observe(value: number, times = 1): void {
    let at = 0
    while (at < this.edges.length && value > (this.edges[at] ?? 0)) at += 1
    this.counts[at] = (this.counts[at] ?? 0) + times
    this.sum += value * times
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }
}

/**
 * The value below which the share `q` of what was counted lies, interpolated within its bucket as Prometheus does; what is
 * above every edge counts as the last edge. Undefined when nothing was counted.
 */
export function quantile(q: number, edges: readonly number[], counts: readonly number[]): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  const rank = q * total
  let below = 0
  for (const [at, edge] of edges.entries()) {
    const count = counts[at] ?? 0
    if (below + count >= rank && count > 0) {
      const low = edges[at - 1] ?? 0
      return low + ((edge - low) * (rank - below)) / count
    }
    below += count
  }
  return edges.at(-1)
}

/** One series of counts added to another, bucket by bucket. */
export function addCounts(into: number[], counts: readonly number[]): void {
  for (const [at, count] of counts.entries()) into[at] = (into[at] ?? 0) + count
}
