import { Counter, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'

import { createMetrics } from '../../../src/metrics/collector.ts'
import { metricsHandler, registerMetrics } from '../../../src/metrics/prometheus.ts'
import { memoryCache } from '../../support/memory-cache.ts'

async function scraped(registry: Registry): Promise<string> {
  return (await metricsHandler(registry)(new Request('http://localhost/metrics'))).text()
}

describe('the exposition', () => {
  it('shows what was counted, in the text that Prometheus reads', async () => {
    const { cache, clock } = memoryCache()
    const registry = registerMetrics(createMetrics({ cache, families: ['f'], clock }))
    await cache.getOrSet('f:1', () => 1)
    await cache.getOrSet('f:1', () => 1)
    const text = await scraped(registry)
    expect(text).toContain('cache_gets_total{cache="f",result="hit",tier="l1"} 1')
    expect(text).toContain('cache_get_duration_seconds_bucket{cache="f",result="miss",tier="none",le="0.005"} 1')
    expect(text).toContain('# TYPE cache_get_duration_seconds histogram')
    expect(text).not.toContain('f:1')
  })

  it('stands beside the metrics of the host, under the prefix that was chosen', async () => {
    const registry = new Registry()
    new Counter({ name: 'host_total', help: 'theirs', registers: [registry] }).inc()
    const { cache, clock } = memoryCache()
    registerMetrics(createMetrics({ cache, prefix: 'shop_cache_', clock }), registry)
    const text = await scraped(registry)
    expect(text).toContain('host_total 1')
    expect(text).toContain('shop_cache_ready 1')
  })

  it('refuses a name that the host has already', () => {
    const { cache, clock } = memoryCache()
    const registry = registerMetrics(createMetrics({ cache, clock }))
    expect(() => registerMetrics(createMetrics({ cache, clock }), registry)).toThrow(/already been registered/)
  })

  it('reads the collector once for a scrape', async () => {
    const { cache, clock } = memoryCache()
    const metrics = createMetrics({ cache, clock })
    let readings = 0
    const counting = { ...metrics, read: () => ((readings += 1), metrics.read()) }
    await scraped(registerMetrics(counting))
    expect(readings).toBe(1)
  })

  it('answers no method but GET and HEAD', async () => {
    const handler = metricsHandler(new Registry())
    expect((await handler(new Request('http://localhost/', { method: 'POST' }))).status).toBe(405)
    expect(await (await handler(new Request('http://localhost/', { method: 'HEAD' }))).text()).toBe('')
  })
})
