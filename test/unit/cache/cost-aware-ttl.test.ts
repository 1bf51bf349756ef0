import { assert, double, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ConfigError } from '../../../src/base/errors.ts'
import { costAwareTtl } from '../../../src/cache/cost-aware-ttl.ts'

const ttl = costAwareTtl({ min: '5s', max: '5m' })
const quantity = double({ min: 0, max: 1e9, noNaN: true })
const cost = record({ loadMs: quantity, bytes: quantity, documents: quantity })

describe('a TTL by cost (FR-404.2, based on complexity)', () => {
  it('keeps a query for a second per millisecond it took, within its bounds', () => {
    expect([2, 60, 250, 4000].map((loadMs) => ttl({ loadMs, bytes: 0 }))).toEqual([5000, 60_000, 250_000, 300_000])
  })

  it('does not cache what is cheaper than the cache', () => {
    expect([ttl({ loadMs: 1, bytes: 0 }), ttl({ loadMs: 1.01, bytes: 0 })]).toEqual([0, 5000])
  })

  it('does not cache a big value that is loaded faster than it is fetched', () => {
    expect([ttl({ loadMs: 5, bytes: 100_000 }), ttl({ loadMs: 5, bytes: 400_000 })]).toEqual([5000, 0])
  })

  it('counts the documents that were looked at, since an idle source looks cheap', () => {
    expect(ttl({ loadMs: 1, bytes: 0, documents: 1000 })).toBe(21_000)
  })

  it('caches every load when nothing is cheaper than the cache', () => {
    const always = costAwareTtl({ min: '5s', max: '5m', cheaperThan: 0 })
    expect([always({ loadMs: 0, bytes: 0 }), always({ loadMs: 0, bytes: 1e9 })]).toEqual([5000, 5000])
  })

  it('takes a cost that cannot be told for none', () => {
    expect(ttl({ loadMs: Number.NaN, bytes: -1, documents: Number.NaN })).toBe(0)
    expect(ttl({ loadMs: 10, bytes: Number.NaN })).toBe(10_000)
  })

  it('is 0 or within its bounds, whatever the cost', () => {
    assert(
      property(cost, (given) => {
        const ms = ttl(given)
        expect(ms === 0 || (ms >= 5000 && ms <= 300_000)).toBe(true)
      }),
    )
  })

  it('never falls when a load takes longer or looks at more, and never rises with the bytes', () => {
    assert(
      property(cost, quantity, (given, more) => {
        const now = ttl(given)
        expect(ttl({ ...given, loadMs: given.loadMs + more })).toBeGreaterThanOrEqual(now)
        expect(ttl({ ...given, documents: given.documents + more })).toBeGreaterThanOrEqual(now)
        expect(ttl({ ...given, bytes: given.bytes + more })).toBeLessThanOrEqual(now)
      }),
    )
  })

  it('refuses bounds that cannot hold', () => {
    expect(() => costAwareTtl({ min: 0, max: '1m' })).toThrow(ConfigError)
    expect(() => costAwareTtl({ min: '2m', max: '1m' })).toThrow(ConfigError)
  })

  it('names what it cannot take', () => {
    const bounds = { min: '5s', max: '5m' } as const
    expect(() => costAwareTtl({ min: '5m', max: '5m' })).not.toThrow()
    expect(() => costAwareTtl({ min: '2m', max: '1m' })).toThrow(
      'min must be above zero and max at least min, got min 120000 ms and max 60000 ms',
    )
    for (const name of ['min', 'max', 'perMs', 'perDocument', 'cheaperThan'] as const)
      expect(() => costAwareTtl({ ...bounds, [name]: 'soon' }), name).toThrow(new RegExp(`^${name}\\b`))
  })

  it('takes other prices than those it has', () => {
    const dear = costAwareTtl({ min: '5s', max: '5m', perMs: '2s', perDocument: 1, cheaperThan: '20ms' })
    expect([
      dear({ loadMs: 30, bytes: 0 }),
      dear({ loadMs: 20, bytes: 0 }),
      dear({ loadMs: 0, bytes: 0, documents: 40 }),
    ]).toEqual([60_000, 0, 80_000])
  })
})
