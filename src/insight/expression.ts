/**
 * What an alert rule looks at, as data: it is written once, read by Prometheus as PromQL and evaluated here on the series
 * of this process. Comparisons with what is not known are false in both: no data, no alarm, unless absence is the alarm.
 */
export type Selector = {
  /** Without the prefix. */
  readonly metric: string
  /** Values of labels, any of which will do. */
  readonly labels?: Readonly<Record<string, readonly string[]>>
}

export type Expression =
  /** The value now, summed over its series. */
  | (Selector & { readonly kind: 'gauge' })
  /** Growth per second of a counter, over a window. */
  | (Selector & { readonly kind: 'rate'; readonly windowMs: number })
  | { readonly kind: 'ratio'; readonly of: Expression; readonly to: Expression }
  /** One minus. */
  | { readonly kind: 'rest'; readonly of: Expression }

/** A comparison; with `clearAt`, an alarm that rings stays until the value has come back past that. */
export interface Condition {
  readonly value: Expression
  readonly is: 'above' | 'below'
  readonly limit: number
  readonly clearAt?: number
}

/** What a process knows of its series. */
export interface SeriesReader {
  /** Undefined: there is no such series. */
  now(selector: Selector): number | undefined
  /** Per second; undefined while there are not two points in the window. */
  rate(selector: Selector, windowMs: number): number | undefined
}

export const gauge = (metric: string, labels?: Selector['labels']): Expression => ({
  kind: 'gauge',
  metric,
  ...(labels && { labels }),
})
export const rate = (metric: string, windowMs: number, labels?: Selector['labels']): Expression => ({
  kind: 'rate',
  metric,
  windowMs,
  ...(labels && { labels }),
})
export const ratio = (of: Expression, to: Expression): Expression => ({ kind: 'ratio', of, to })
export const rest = (of: Expression): Expression => ({ kind: 'rest', of })

/** The value; undefined where it is not known, or a ratio to nothing. */
export function evaluate(expression: Expression, series: SeriesReader): number | undefined {
  switch (expression.kind) {
    case 'gauge':
      return series.now(expression)
    case 'rate':
      return series.rate(expression, expression.windowMs)
    case 'ratio': {
      const of = evaluate(expression.of, series)
      const to = evaluate(expression.to, series)
      return of === undefined || to === undefined || to === 0 ? undefined : of / to
    }
    case 'rest': {
      const of = evaluate(expression.of, series)
      return of === undefined ? undefined : 1 - of
    }
  }
}

/** Whether the condition holds; `rings`: the alarm rings already, so the limit to come back past counts. */
export function holds({ value, is, limit, clearAt }: Condition, series: SeriesReader, rings: boolean): boolean {
  const found = evaluate(value, series)
  if (found === undefined) return false
  const edge = rings ? (clearAt ?? limit) : limit
  return is === 'above' ? found > edge : found < edge
}

/** Selectors of an expression, so that their past can be kept. */
export function selectorsOf(expression: Expression): readonly Selector[] {
  switch (expression.kind) {
    case 'ratio':
      return [...selectorsOf(expression.of), ...selectorsOf(expression.to)]
    case 'rest':
      return selectorsOf(expression.of)
    default:
      return [expression]
  }
}

/** The expression for Prometheus, one value for each label set in `by`. */
export function toPromql(expression: Expression, prefix: string, by: string): string {
  switch (expression.kind) {
    case 'gauge':
      return `sum by (${by}) (${series(expression, prefix)})`
    case 'rate':
      return `sum by (${by}) (rate(${series(expression, prefix)}[${promDuration(expression.windowMs)}]))`
    case 'ratio':
      return `(${toPromql(expression.of, prefix, by)} / ${toPromql(expression.to, prefix, by)})`
    case 'rest':
      return `(1 - ${toPromql(expression.of, prefix, by)})`
  }
}

function series({ metric, labels = {} }: Selector, prefix: string): string {
  const matchers = Object.entries(labels).map(([label, values]) =>
    values.length === 1 ? `${label}="${values[0]}"` : `${label}=~"${values.join('|')}"`,
  )
  return `${prefix}${metric}${matchers.length > 0 ? `{${matchers.join(',')}}` : ''}`
}

/** A duration as Prometheus writes it: `5m`, `1h`, `30s`. */
export function promDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds % 86_400 === 0 && seconds > 0) return `${seconds / 86_400}d`
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}m` : `${seconds}s`
}
