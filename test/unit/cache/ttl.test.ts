import { describe, expect, it } from 'vitest'

import { positiveMs, resolveTtl } from '../../../src/cache/ttl.ts'

describe('a TTL', () => {
  it('is a length of time above zero, whatever the load cost', () => {
    expect(resolveTtl('15m')({ loadMs: 3, bytes: 9 })).toBe(900_000)
    expect(() => positiveMs(0, 'ttl')).toThrow(expect.objectContaining({ code: 'ERR_HOLDFAST_CONFIG' }))
  })

  it('is taken from what the load cost where a policy says how', () => {
    expect(resolveTtl(({ loadMs, bytes }) => loadMs * bytes)({ loadMs: 3, bytes: 9 })).toBe(27)
  })
})
