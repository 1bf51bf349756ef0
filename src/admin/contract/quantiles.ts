/** Time spent, in milliseconds; null before the first observation. */
export interface Quantiles {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}
