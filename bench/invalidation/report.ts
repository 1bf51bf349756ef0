/** The figures as lines, each with the criterion that it has to meet, if it has one. */
import { median } from '../support/statistics.ts'
import type { Stalls } from './server-view.ts'

export interface Distribution {
  readonly count: number
  readonly median: number
  readonly p99: number
  readonly max: number
}

export interface Criterion {
  readonly what: string
  readonly figure: string
  readonly limit: string
  readonly held: boolean
}

/** One stretch of the run, as Redis noted it itself and as somebody else's PINGs saw it. */
export interface PhaseView {
  readonly phase: string
  readonly stalls: Stalls
  readonly pingMs: Distribution
}

export function distribution(samples: readonly number[]): Distribution {
  const sorted = samples.toSorted((left, right) => left - right)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { count: sorted.length, median: round(median(sorted)), p99: round(at(0.99)), max: round(at(1)) }
}

export function phaseRows({ phase, stalls, pingMs }: PhaseView): readonly string[] {
  const { count, median, p99, max } = pingMs
  const events = Object.entries(stalls.latencyEventsMs).map(([event, worstMs]) => `${event} ${worstMs} ms`)
  return [
    `${phase.padEnd(14)} PING median ${median} p99 ${p99} max ${max} ms of ${count}; Redis' events: ${events.join(', ') || 'none'}`,
    ...stalls.slow.map(
      ({ command, from1Ms, from5Ms, medianMs, worstMs }) =>
        `${''.padEnd(14)}   ${command.padEnd(8)} ${from1Ms} took 1 ms or more (median ${medianMs} ms), ${from5Ms} over 5 ms, worst ${worstMs} ms`,
    ),
  ]
}

export function distributionRow(what: string, { count, median, p99, max }: Distribution): string {
  return `${what.padEnd(52)} median ${median}  p99 ${p99}  max ${max} ms  of ${count}`
}

export function criterionRow({ what, figure, limit, held }: Criterion): string {
  return `${held ? 'held  ' : 'MISSED'}  ${what.padEnd(58)} ${figure.padStart(10)}  ${limit}`
}

const round = (ms: number): number => Math.round(ms * 100) / 100
