import { describe, expect, it } from 'vitest'

import { createRateLimits } from '../../../app/src/rate-limits.ts'

/** How many of some calls get through. */
async function through(calls: number, call: () => Promise<void>): Promise<number> {
  let passed = 0
  for (let at = 0; at < calls; at += 1)
    await call().then(
      () => (passed += 1),
      () => {},
    )
  return passed
}

describe('limits on how often a client may call', () => {
  it('let through so many in a minute, for each client and each category, without Redis too', async () => {
    let now = 0
    const limit = createRateLimits({ redis: undefined, namespace: 'test', monoMs: () => now })
    expect(await through(30, () => limit('upload', '192.0.2.1'))).toBe(10)
    expect(await through(30, () => limit('upload', '192.0.2.2'))).toBe(10)
    expect(await through(30, () => limit('auth', '192.0.2.1'))).toBe(20)
    now += 6000
    expect(await through(30, () => limit('upload', '192.0.2.1'))).toBe(1)
    now += 60_000
    expect(await through(30, () => limit('upload', '192.0.2.1'))).toBe(10)
  })

  it('say when to come back', async () => {
    const limit = createRateLimits({ redis: undefined, namespace: 'test', monoMs: () => 0 })
    await through(10, () => limit('upload', 'x'))
    await expect(limit('upload', 'x')).rejects.toMatchObject({
      status: 429,
      headers: { 'Retry-After': '6', 'X-RateLimit-Limit': '10', 'X-RateLimit-Remaining': '0' },
    })
  })

  it('ask Redis, by a key that names no address, and count here while it fails', async () => {
    const keys: string[] = []
    let isAway = false
    const redis = {
      run: async (_script: unknown, [key = '']: readonly string[]) => {
        keys.push(key)
        if (isAway) throw new Error('away')
        return 6000
      },
    }
    const limit = createRateLimits({ redis, namespace: 'test', monoMs: () => 0 })
    await expect(limit('upload', '192.0.2.1')).rejects.toMatchObject({ status: 429 })
    expect(keys).toEqual([expect.stringMatching(/^hf:test:rate:upload:[\w-]{22}$/)])
    isAway = true
    expect(await through(30, () => limit('upload', '192.0.2.1'))).toBe(10)
  })

  it('forget the client that they saw first rather than grow without end', async () => {
    const limit = createRateLimits({ redis: undefined, namespace: 'test', monoMs: () => 0 })
    await through(10, () => limit('upload', 'first'))
    for (let at = 0; at < 10_000; at += 1) await limit('upload', `client ${at}`)
    expect(await through(1, () => limit('upload', 'first'))).toBe(1)
  })
})
