import type { Instrument } from './catalogue.ts'

export type Labels = Readonly<Record<string, string>>

/** One series of an instrument at one moment. */
export type Sample =
  | { readonly instrument: Instrument; readonly labels: Labels; readonly value: number }
  | {
      readonly instrument: Instrument
      readonly labels: Labels
      /** By bucket, not cumulative; the last one is above every edge. */
      readonly counts: readonly number[]
      readonly sum: number
    }

/** A histogram's sample as the three kinds of series that Prometheus knows: `_bucket`, `_sum` and `_count`. */
export function flatten(
  sample: Sample,
): readonly { readonly name: string; readonly labels: Labels; readonly value: number }[] {
  const { instrument, labels } = sample
  const { name, edges = [] } = instrument
  if ('value' in sample) return [{ name, labels, value: sample.value }]
  let below = 0
  const buckets = sample.counts.map((count, at) => {
    below += count
    const edge = edges[at]
    return {
      name: `${name}_bucket`,
      labels: { ...labels, le: edge === undefined ? '+Inf' : String(edge) },
      value: below,
    }
  })
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: sample.sum },
    { name: `${name}_count`, labels, value: below },
  ]
}
