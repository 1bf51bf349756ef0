import { describe, expect, it } from 'vitest'

import { createAlerts } from '../../../src/insight/alerts.ts'
import type { Notification } from '../../../src/insight/notification.ts'
import { callbackSink } from '../../../src/insight/sink.ts'
import { instrument } from '../../../src/metrics/catalogue.ts'
import type { Sample } from '../../../src/metrics/sample.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { turn } from '../../support/memory-cache.ts'

function watching() {
  const clock = fakeClock()
  const now = { up: 1, hits: 0, misses: 0 }
  const told: Notification[] = []
  const sample = (name: string, value: number, labels = {}): Sample => ({ instrument: instrument(name), labels, value })
  const alerts = createAlerts({
    metrics: {
      prefix: 'cache_',
      read: () => [
        sample('redis_up', now.up),
        sample('gets_total', now.hits, { result: 'hit' }),
        sample('gets_total', now.misses, { result: 'miss' }),
      ],
      onObserve: () => () => undefined,
      close: () => undefined,
    },
    sinks: [callbackSink((notification) => void told.push(notification))],
    namespace: 'shop',
    labels: { environment: 'test' },
    clock,
  })
  const wait = async (ms: number, each: () => void = () => undefined): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      each()
      clock.advance(10_000)
      await turn()
    }
  }
  const lines = (): readonly string[] =>
    told.flatMap((notification) => notification.alerts.map(({ status, labels }) => `${labels['alertname']} ${status}`))
  return { clock, now, alerts, told, wait, lines }
}

describe('the alerts of a process', () => {
  it('tell that Redis is down after its time and its group wait, and that it is back', async () => {
    const { now, wait, lines, told, alerts } = watching()
    await wait(60_000)
    now.up = 0
    await wait(30_000)
    expect(lines()).toEqual([])
    await wait(30_000)
    expect(lines()).toEqual(['HoldfastRedisDown firing'])
    expect(told[0]?.alerts[0]).toMatchObject({
      labels: { severity: 'page', namespace: 'shop', environment: 'test' },
      annotations: { runbook_url: 'docs/operations/runbooks/HoldfastRedisDown.md' },
    })
    now.up = 1
    await wait(60_000)
    expect(lines()).toEqual(['HoldfastRedisDown firing', 'HoldfastRedisDown resolved'])
    expect(told[1]?.status).toBe('resolved')
    alerts.close()
  })

  it('ring for nothing while the process starts', async () => {
    const { now, wait, lines, alerts } = watching()
    now.up = 0
    await wait(60_000)
    now.up = 1
    await wait(60_000)
    expect(lines()).toEqual([])
    alerts.close()
  })

  it('are told again after four hours, and not before', async () => {
    const { now, wait, lines, alerts } = watching()
    now.up = 0
    await wait(3 * 3_600_000)
    expect(lines()).toHaveLength(1)
    await wait(1.2 * 3_600_000)
    expect(lines()).toHaveLength(2)
    alerts.close()
  })

  it('ring by the hit ratio only where there is traffic, and until it has come back past its second limit', async () => {
    const { now, wait, alerts } = watching()
    const reads = (hits: number, misses: number) => () => {
      now.hits += hits
      now.misses += misses
    }
    const state = () => alerts.list().find(({ rule }) => rule.name === 'HoldfastHitRatioLow')?.state.name
    await wait(3_600_000, reads(0, 1))
    expect(state()).toBe('inactive')
    await wait(2_400_000, reads(60, 40))
    expect(state()).toBe('firing')
    await wait(2_400_000, reads(72, 28))
    expect(state()).toBe('firing')
    await wait(2_400_000, reads(90, 10))
    expect(state()).toBe('inactive')
    alerts.close()
  })

  it('are told to nobody while they are silenced, and afterwards if they still ring', async () => {
    const { now, wait, lines, alerts } = watching()
    await wait(60_000)
    const { id } = alerts.silence('HoldfastRedisDown', { for: '1h', by: 'alice', reason: 'moving' })
    now.up = 0
    await wait(600_000)
    expect(lines()).toEqual([])
    expect(alerts.list().find(({ rule }) => rule.name === 'HoldfastRedisDown')).toMatchObject({
      silenced: true,
      state: { name: 'firing' },
    })
    expect(alerts.silences()).toMatchObject([{ by: 'alice' }])
    alerts.unsilence(id)
    await wait(120_000)
    expect(lines()).toEqual(['HoldfastRedisDown firing'])
    alerts.close()
  })
})
