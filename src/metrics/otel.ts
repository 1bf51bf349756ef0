/**
 * The metrics through OpenTelemetry. Counters and gauges are observed when the SDK collects; histograms are recorded as they
 * happen, with the same sample of L1 hits: its SDK knows no histogram that is read. Names are `holdfast.` and words with dots,
 * the unit beside them.
 */
import { metrics as api, type BatchObservableCallback, type Meter, type MetricOptions } from '@opentelemetry/api'

import { catalogue, type Instrument } from './catalogue.ts'
import type { Metrics } from './collector.ts'

export interface OtelOptions {
  /** @default the meter `holdfast` of the global provider */
  readonly meter?: Meter
}

/** Gives the metrics to a meter. Returns what ends it. */
export function exportToOtel(metrics: Metrics, { meter = api.getMeter('holdfast') }: OtelOptions = {}): () => void {
  const read = catalogue.filter(({ type }) => type !== 'histogram')
  const observables = new Map(read.map((one) => [one.name, observable(meter, one)]))
  const histograms = new Map(
    catalogue
      .filter(({ type }) => type === 'histogram')
      .map((one) => [one.name, meter.createHistogram(otelName(one), describe(one, one.edges))]),
  )
  const collect: BatchObservableCallback = (result) => {
    for (const sample of metrics.read()) {
      const found = observables.get(sample.instrument.name)
      if (found && 'value' in sample) result.observe(found, sample.value, sample.labels)
    }
  }
  const all = [...observables.values()]
  meter.addBatchObservableCallback(collect, all)
  const stop = metrics.onObserve((name, labels, value, times) => {
    const histogram = histograms.get(name)
    for (let time = 0; time < times; time += 1) histogram?.record(value, labels)
  })
  return () => {
    meter.removeBatchObservableCallback(collect, all)
    stop()
  }
}

function observable(meter: Meter, instrument: Instrument) {
  const [name, options] = [otelName(instrument), describe(instrument)]
  return instrument.type === 'counter'
    ? meter.createObservableCounter(name, options)
    : meter.createObservableGauge(name, options)
}

/** `get_duration_seconds` as `holdfast.get.duration`, in seconds. */
export function otelName({ name }: Pick<Instrument, 'name'>): string {
  return `holdfast.${name.replace(/_(total|seconds|bytes|info)$/, '').replaceAll('_', '.')}`
}

function describe({ name, help }: Instrument, edges?: readonly number[]): MetricOptions {
  const unit = /_(seconds|bytes)(_total)?$/.exec(name)?.[1]
  return {
    description: help,
    unit: unit === 'seconds' ? 's' : unit === 'bytes' ? 'By' : '1',
    ...(edges && { advice: { explicitBucketBoundaries: [...edges] } }),
  }
}
