import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'

import { createMetrics } from '../../../src/metrics/collector.ts'
import { exportToOtel, otelName } from '../../../src/metrics/otel.ts'
import { memoryCache } from '../../support/memory-cache.ts'

describe('OpenTelemetry', () => {
  it('is given the same counts, gauges and times', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const provider = new MeterProvider({ readers: [reader] })
    const { cache, clock } = memoryCache()
    const stop = exportToOtel(createMetrics({ cache, families: ['f'], clock }), { meter: provider.getMeter('test') })
    await cache.getOrSet('f:1', () => 1)
    await cache.getOrSet('f:1', () => 1)
    await reader.forceFlush()
    const exported = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    const points = (name: string) => exported.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []

    const hit = { cache: 'f', result: 'hit', tier: 'l1' }
    expect(points('holdfast.gets').find(({ attributes }) => attributes['result'] === 'hit')).toMatchObject({
      attributes: hit,
      value: 1,
    })
    expect(points('holdfast.ready')[0]?.value).toBe(1)
    const times = points('holdfast.get.duration').find(({ attributes }) => attributes['result'] === 'miss')
    expect(times?.value).toMatchObject({ count: 1, buckets: { boundaries: expect.arrayContaining([0.005]) } })
    stop()
    await provider.shutdown()
  })

  it('names things by words with dots', () => {
    expect(otelName({ name: 'redis_memory_used_bytes' })).toBe('holdfast.redis.memory.used')
    expect(otelName({ name: 'get_duration_seconds' })).toBe('holdfast.get.duration')
  })
})
