/** What answers tell when there are many of them. */
import type { Answered } from './load.ts'
import type { Rate } from './mix.ts'

/** Response times in milliseconds. */
export interface Quantiles {
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Of the reads of a type: which part the cache answered, and which part the best cache would have. */
export interface HitRate {
  readonly measured: number
  readonly possible: number
  /** Past their time, shown while they are loaded again: no hits. */
  readonly stale: number
}

export function quantilesOf(times: readonly number[]): Quantiles {
  const sorted = [...times].sort((one, other) => one - other)
  const at = (share: number): number => rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))])
  return {
    mean: rounded(mean(sorted)),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  }
}

export function mean(times: readonly number[]): number {
  return times.reduce((total, ms) => total + ms, 0) / times.length
}

/** @param times each above 0 */
export function geometricMean(times: readonly number[]): number {
  return Math.exp(mean(times.map(Math.log)))
}

export function timesOf(answers: readonly Answered[]): readonly number[] {
  return answers.map(({ ms }) => ms)
}

export function failuresOf(answers: readonly Answered[]): number {
  return answers.filter(({ status }) => status !== 200).length
}

export function hitRates(
  answers: readonly Answered[],
  best: ReadonlyMap<string, Rate>,
): Readonly<Record<string, HitRate>> {
  const rates = [...best]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, { reads, hits }]) => {
      const seen = answers.filter((answer) => answer.type === type)
      const share = (result: string): number => seen.filter(({ xCache }) => xCache === result).length / seen.length
      return [type, { measured: share('hit'), possible: hits / reads, stale: share('stale') }] as const
    })
  return Object.fromEntries(rates)
}

export function rounded(ms: number | undefined): number {
  return Math.round((ms ?? Number.NaN) * 100) / 100
}
