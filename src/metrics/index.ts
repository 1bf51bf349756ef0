/**
 * `holdfast/metrics`: what a cache, its Redis and its sessions do, as Prometheus asks for it; needs prom-client.
 *
 *     const metrics = createMetrics({ cache, redis, sessions })           // counts, from now on
 *     const registry = registerMetrics(metrics)                           // or: registerMetrics(metrics, yourRegistry)
 *     const sampler = createSampler({ metrics, cache, redis, sessions: true })   // for pages: one for the process
 *
 * `createMetrics` and `createSampler` are in `holdfast` too, which loads no prom-client. The sampler is what an admin page
 * builds on: `snapshot()` gives totals, a row for each family (hits, misses, loads, loads avoided, p50, p95, p99, bytes
 * stored), latencies of the last five minutes, staleness against the bound, the breaker, connections, memory and evictions
 * of Redis, and sessions; `history('5m' | '1h' | '24h')` its past; `on` tells of each new one, once a second.
 */
export { createMetrics } from './collector.ts'
export type { Metrics, MetricsOptions } from './collector.ts'
export { metricsHandler, registerMetrics } from './prometheus.ts'
export { createSampler } from './sampler.ts'
export type { Point, Sampler, SamplerOptions } from './sampler.ts'
export type { FamilySnapshot, Latency, ReadTotals, Snapshot } from './snapshot.ts'
export type { HistoryRange } from './history.ts'
