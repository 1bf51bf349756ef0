import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'

import { describe, expect, it, onTestFinished } from 'vitest'

import { createCache, createMetrics, createRedis, createSessions, type Sample } from '../../../src/index.ts'
import { registerMetrics } from '../../../src/metrics/index.ts'
import { eventually } from '../../support/eventually.ts'
import { redisAdmin, type Admin } from '../../support/redis-admin.ts'
import { testRedis, uniqueNamespace } from '../../support/redis.ts'
import { seeded } from '../../support/seeded.ts'

const server = testRedis()
const OPERATIONS = 100_000
const FAMILIES = ['requirements', 'features', 'sources']

const sum = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number =>
  samples.reduce((total, sample) => {
    const isIt =
      sample.instrument.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
    if (!isIt) return total
    return total + ('value' in sample ? sample.value : sample.counts.reduce((count, one) => count + one, 0))
  }, 0)

describe('the counters', () => {
  it('agree with what loaders and Redis were asked over 100 000 random operations: none missing, none double', async () => {
    const random = seeded(20_261_123)
    const redis = createRedis({ url: server.url })
    const cache = createCache({ redis, namespace: uniqueNamespace(), maxEntries: 150, sweep: false })
    const admin = redisAdmin(server.port)
    onTestFinished(async () => {
      admin.close()
      await cache.close()
      await redis.close()
    })
    await redis.ready()
    await cache.get('warm-up')
    const metrics = createMetrics({ cache, redis, families: FAMILIES })
    const asked = { reads: 0, loads: 0, failures: 0, invalidations: 0 }
    const byFamily = new Map<string, number>()
    const pick = (count: number): number => random.below(count)
    const load = (): number => {
      asked.loads += 1
      if (pick(100) < 2) {
        asked.failures += 1
        throw new Error('the source failed')
      }
      return pick(1000)
    }
    const operation = async (): Promise<void> => {
      const family = FAMILIES[pick(4)] ?? 'undeclared'
      const key = `${family}:${pick(120)}`
      const kind = pick(100)
      if (kind < 2) {
        asked.invalidations += 1
        await cache.invalidate({ keys: [key] })
        return
      }
      asked.reads += 1
      byFamily.set(family, (byFamily.get(family) ?? 0) + 1)
      if (kind < 30) await cache.get(key)
      else await cache.getOrSet(key, load, { ttl: '1h' }).catch(() => undefined)
    }
    const before = await askedOf(admin)
    for (let done = 0; done < OPERATIONS; done += 100) await Promise.all(Array.from({ length: 100 }, operation))
    // What was loaded is stored behind its reader.
    const stored = () => sum(metrics.read(), 'puts_total') === asked.loads - asked.failures || undefined
    await eventually(async () => stored(), { what: 'every loaded value stored' })
    const after = await askedOf(admin)
    const samples = metrics.read()

    expect(sum(samples, 'gets_total')).toBe(asked.reads)
    for (const [family, reads] of byFamily) {
      expect(sum(samples, 'gets_total', { cache: family === 'undeclared' ? 'other' : family })).toBe(reads)
    }
    expect(sum(samples, 'loads_total')).toBe(asked.loads)
    expect(sum(samples, 'loads_total', { outcome: 'error' })).toBe(asked.failures)
    expect(sum(samples, 'load_duration_seconds')).toBe(asked.loads)
    expect(sum(samples, 'gets_total', { result: 'bypass' })).toBe(0)
    const acknowledged = { outcome: 'acknowledged' }
    expect(sum(samples, 'invalidations_total', acknowledged)).toBe(asked.invalidations)
    // One that was under way at a gap is sent again: the same id twice.
    const log = (await admin.call('XRANGE', `hf:{${cache.namespace}}:log`, '-', '+')) as [string, string[]][]
    const marks = log.filter(([, fields]) => fields.includes('mark'))
    const ids = new Set(marks.map(([, fields]) => fields[fields.indexOf('id') + 1]))
    expect(ids.size).toBe(asked.invalidations)
    // The end of each load, stored or failed, is published once.
    const ends = sum(samples, 'puts_total') - sum(samples, 'puts_total', { outcome: 'lease-lost' }) + asked.failures
    expect(after.published - before.published).toBe(ends)
    // A read that L1 does not answer asks Redis for one key, or joins one that does.
    const beyondL1 = asked.reads - sum(samples, 'gets_total', { tier: 'l1' })
    expect(after.keysRead - before.keysRead).toBeGreaterThanOrEqual(beyondL1)
  })
})

/** What Redis counts by itself. */
async function askedOf(admin: Admin): Promise<Readonly<Record<'keysRead' | 'published', number>>> {
  const stats = await admin.info('stats')
  return {
    keysRead: Number(stats.get('keyspace_hits')) + Number(stats.get('keyspace_misses')),
    published: await admin.calls('publish'),
  }
}

describe('a live scrape', () => {
  it('has nothing that promtool would complain of, and no key', async () => {
    const redis = createRedis({ url: server.url })
    const namespace = uniqueNamespace()
    const cache = createCache({ redis, namespace })
    const sessions = createSessions({ redis, namespace, keys: { keys: { a: randomBytes(32) } } })
    const metrics = createMetrics({ cache, redis, sessions, families: FAMILIES })
    onTestFinished(async () => {
      metrics.close()
      await cache.close()
      await redis.close()
    })
    await redis.ready()
    for (const key of ['features:1', 'features:1', '<img onerror=alert(1)>']) await cache.getOrSet(key, () => 1)
    await cache.invalidate({ tags: ['a'] })
    await sessions.load('__Host-session=nonsense')
    const text = await registerMetrics(metrics).metrics()
    const check = execFile('promtool', ['check', 'metrics'])
    let complaints = ''
    check.stdout?.on('data', (data) => (complaints += data))
    check.stderr?.on('data', (data) => (complaints += data))
    check.stdin?.end(text)
    const [code] = await once(check, 'exit')
    expect([code, complaints]).toEqual([0, ''])
    expect(text).toContain('cache_redis_up 1')
    expect(text).not.toContain('onerror')
    expect(text).not.toContain('features:1')
  })
})
