/**
 * The past of the series that rules look at: an hour by ten seconds and a day by the minute, in this process. A window that
 * has not filled yet is judged by what there is of it, as Prometheus does.
 */
import type { Clock } from '../base/clock.ts'
import { createHistory, type HistoryRange } from '../metrics/history.ts'
import { flatten, type Sample } from '../metrics/sample.ts'
import type { Selector, SeriesReader } from './expression.ts'

export interface Series extends SeriesReader {
  /** Notes the samples of this moment. */
  note(samples: readonly Sample[]): void
}

interface Noted {
  readonly atMs: number
  readonly values: ReadonlyMap<string, number>
}

const HOUR_MS = 3_600_000

export function createSeries(selectors: readonly Selector[], clock: Pick<Clock, 'monoMs'>): Series {
  const distinct = new Map(selectors.map((selector): [string, Selector] => [nameOf(selector), selector]))
  const history = createHistory<Noted>()
  let latest: Noted | undefined

  const oldestWithin = (
    name: string,
    windowMs: number,
  ): { readonly atMs: number; readonly value: number } | undefined => {
    const range: HistoryRange = windowMs <= HOUR_MS ? '1h' : '24h'
    const fromMs = clock.monoMs() - windowMs
    for (const { atMs, values } of history.points(range)) {
      const value = values.get(name)
      if (atMs >= fromMs && value !== undefined) return { atMs, value }
    }
    return undefined
  }
  return {
    note(samples) {
      const flat = samples.flatMap(flatten)
      const values = new Map<string, number>()
      for (const [name, selector] of distinct) {
        const found = flat.filter((series) => matches(series, selector))
        if (found.length > 0)
          values.set(
            name,
            found.reduce((sum, { value }) => sum + value, 0),
          )
        // A counter that was never told of stands at nothing; a gauge that is not shown is not known.
        else if (isCounter(selector.metric)) values.set(name, 0)
      }
      latest = { atMs: clock.monoMs(), values }
      history.add(latest)
    },
    now: (selector) => latest?.values.get(nameOf(selector)),
    rate(selector, windowMs) {
      const name = nameOf(selector)
      const oldest = oldestWithin(name, windowMs)
      const newest = latest?.values.get(name)
      if (!latest || !oldest || newest === undefined || latest.atMs === oldest.atMs) return undefined
      return Math.max(0, newest - oldest.value) / ((latest.atMs - oldest.atMs) / 1000)
    },
  }
}

function matches(
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  selector: Selector,
): boolean {
  if (name !== selector.metric) return false
  return Object.entries(selector.labels ?? {}).every(([label, values]) => values.includes(labels[label] ?? ''))
}

function isCounter(metric: string): boolean {
  return /_(total|count|bucket)$/.test(metric)
}

function nameOf({ metric, labels = {} }: Selector): string {
  return `${metric} ${JSON.stringify(labels)}`
}
