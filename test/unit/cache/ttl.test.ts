import { describe, expect, it } from 'vitest'

import { positiveMs, resolveTtl } from '../../../src/cache/ttl.ts'
import { costAwareTtl, type Cache } from '../../../src/index.ts'
import type { FakeClock } from '../../support/fake-clock.ts'
import { memoryCache } from '../../support/memory-cache.ts'

describe('a TTL', () => {
  it('is a length of time above zero, whatever the load cost', () => {
    expect(resolveTtl('15m')({ loadMs: 3, bytes: 9 })).toBe(900_000)
    expect(() => positiveMs(0, 'ttl')).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }))
  })

  it('is taken from what the load cost where a policy says how', () => {
    expect(resolveTtl(({ loadMs, bytes }) => loadMs * bytes)({ loadMs: 3, bytes: 9 })).toBe(27)
  })
})

describe('a TTL that follows what the load cost', () => {
  const ttl = costAwareTtl({ min: '10s', max: '1h', perMs: '1s', perDocument: 1, cheaperThan: '2ms' })
  /** Loads in so many milliseconds, and tells how long the value was fresh then. */
  async function freshFor(loadMs: number, documents?: number): Promise<number> {
    const { cache, clock } = memoryCache()
    await cache.getOrSet(
      'a',
      ({ cost }) => {
        clock.advance(loadMs)
        if (documents !== undefined) cost({ documents })
        return 'value'
      },
      { ttl, earlyRefresh: 0 },
    )
    return (await cache.explain('a')).process.state === 'held' ? endOf(cache, clock) : 0
  }
  async function endOf(cache: Cache, clock: FakeClock): Promise<number> {
    const { process } = await cache.explain('a')
    return process.state === 'held' ? process.freshUntilMs - clock.wallMs() : 0
  }

  it('is longer for a dearer one, and what is cheaper than the cache is not kept', async () => {
    expect(await freshFor(1)).toBe(0)
    expect(await freshFor(3)).toBe(10_000)
    expect(await freshFor(60)).toBe(60_000)
    expect(await freshFor(1, 99), 'documents count').toBe(100_000)
    expect(await freshFor(3_600_001)).toBe(3_600_000)
  })

  it('gives way to what the loader says, and takes a value that was set for a dear one', async () => {
    const { cache, clock } = memoryCache({ ttl })
    await cache.getOrSet('a', (context) => (context.ttl('5m'), 1))
    expect(await endOf(cache, clock)).toBe(300_000)
    expect(await cache.set('a', 2)).toMatchObject({ stored: true })
    expect(await endOf(cache, clock)).toBe(3_600_000)
  })
})
