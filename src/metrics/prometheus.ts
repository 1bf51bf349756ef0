/**
 * The metrics in a Registry of prom-client, the host's own or a new one. Each instrument is a metric that reads the collector
 * when it is scraped: nothing is counted twice, and between scrapes prom-client does nothing.
 */
import { Registry, type Metric } from 'prom-client'

import { catalogue, type Instrument } from './catalogue.ts'
import type { Metrics } from './collector.ts'
import { flatten, type Labels, type Sample } from './sample.ts'

/** What prom-client asks of a metric when it is scraped. */
interface ReadMetric {
  name: string
  readonly help: string
  readonly type: Instrument['type']
  readonly aggregator: 'sum'
  get(): Promise<object>
  reset(): void
}

/**
 * Adds the metrics to a registry, and gives it.
 *
 * @param registry the host's own, so that one endpoint shows everything; a new one when it is left out
 * @throws Error of prom-client when a metric of that name is there already: choose another `prefix`
 */
export function registerMetrics(metrics: Metrics, registry: Registry = new Registry()): Registry {
  const readOnce = oncePerTurn(() => bySeries(metrics.read()))
  for (const instrument of catalogue) {
    const metric = readMetric(instrument, metrics.prefix, () => readOnce().get(instrument) ?? [])
    // Its types name four classes; what it calls are these members.
    registry.registerMetric(metric as unknown as Metric)
  }
  return registry
}

/**
 * Answers GET /metrics: for `node:http` behind an adapter, or anything that speaks fetch.
 *
 * @returns 200 with the text of all metrics; 405 for another method than GET and HEAD
 */
export function metricsHandler(registry: Registry): (request: Request) => Promise<Response> {
  return async ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD')
      return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } })
    const text = await registry.metrics()
    const headers = { 'content-type': registry.contentType, 'cache-control': 'no-store' }
    return new Response(method === 'HEAD' ? null : text, { headers })
  }
}

function readMetric(instrument: Instrument, prefix: string, read: () => readonly Sample[]): ReadMetric {
  const { help, type } = instrument
  return {
    name: `${prefix}${instrument.name}`,
    help,
    type,
    aggregator: 'sum',
    async get() {
      return {
        name: this.name,
        help,
        type,
        aggregator: 'sum',
        values: read().flatMap((sample) => valuesOf(sample, prefix)),
      }
    },
    // The counts are the collector's, and counters do not go back.
    reset: () => undefined,
  }
}

interface Value {
  readonly labels: Labels
  readonly value: number
  readonly metricName?: string
}

function valuesOf(sample: Sample, prefix: string): readonly Value[] {
  if ('value' in sample) return [{ labels: sample.labels, value: sample.value }]
  return flatten(sample).map(({ name, labels, value }) => ({ metricName: `${prefix}${name}`, labels, value }))
}

function bySeries(samples: readonly Sample[]): ReadonlyMap<Instrument, readonly Sample[]> {
  return Map.groupBy(samples, ({ instrument }) => instrument)
}

/** One reading for all metrics of a scrape, which asks each of them in the same turn. */
function oncePerTurn<T>(read: () => T): () => T {
  let held: { readonly value: T } | undefined
  return () => {
    if (!held) {
      held = { value: read() }
      queueMicrotask(() => {
        held = undefined
      })
    }
    return held.value
  }
}
