import { describe, expect, it } from 'vitest'

import { StoreError } from '../../../src/base/errors.ts'
import { createHealth, type HealthOptions } from '../../../src/insight/health.ts'
import type { Redis } from '../../../src/index.ts'
import { memoryCache, turn } from '../../support/memory-cache.ts'

const get = new Request('http://localhost/')

function asked(write: () => Promise<number>, options: Partial<HealthOptions> = {}) {
  const { cache, clock } = memoryCache()
  let writes = 0
  const redis: Pick<Redis, 'run' | 'health'> = {
    run: async () => {
      writes += 1
      return write()
    },
    health: () => ({
      state: 'ok',
      problems: [],
      warnings: [],
      checkedAtMs: 0,
      breaker: 'closed',
      server: {},
      connections: { open: 1, ready: 1, inFlight: 0, max: 10 },
    }),
  }
  return { health: createHealth({ cache, redis, clock, ...options }), clock, writes: () => writes }
}

const taken = async (): Promise<number> => 1
const readonly = async (): Promise<number> => {
  throw new StoreError('readonly', 'This Redis takes no writes')
}
const frozen = (): Promise<number> => new Promise(() => undefined)

describe('liveness', () => {
  it('never asks Redis, so that an outage restarts nobody', async () => {
    const { health, writes } = asked(readonly, { redisRequired: true })
    const response = await health.livez(get)
    expect([response.status, await response.json(), writes()]).toEqual([200, { status: 'ok' }, 0])
  })
})

describe('readiness', () => {
  it('goes on without Redis, degraded, since the source answers', async () => {
    const response = await asked(readonly).health.readyz(get)
    expect([response.status, await response.json()]).toEqual([200, { status: 'degraded' }])
  })

  it('ends without Redis where Redis is required', async () => {
    const response = await asked(readonly, { redisRequired: true }).health.readyz(get)
    expect([response.status, await response.json()]).toEqual([503, { status: 'down' }])
  })

  it('is not kept waiting by a Redis that stands still', async () => {
    const { health, clock } = asked(frozen)
    const answer = health.readyz(get)
    await turn()
    clock.advance(500)
    expect(await (await answer).json()).toEqual({ status: 'degraded' })
  })

  it('asks Redis once a second, however many ask', async () => {
    const { health, clock, writes } = asked(taken)
    await Promise.all(Array.from({ length: 50 }, () => health.readyz(get)))
    expect(writes()).toBe(1)
    clock.advance(999)
    await health.readyz(get)
    expect(writes()).toBe(1)
    clock.advance(1)
    await health.readyz(get)
    expect(writes()).toBe(2)
  })

  it('ends when the process is about to', async () => {
    const { health } = asked(taken)
    expect((await health.readyz(get)).status).toBe(200)
    health.drain()
    expect((await health.readyz(get)).status).toBe(503)
    expect((await health.livez(get)).status).toBe(200)
  })
})

describe('the details of health', () => {
  it('say what is wrong', async () => {
    const details: unknown = await (await asked(readonly).health.healthz(get)).json()
    expect(details).toMatchObject({
      status: 'degraded',
      problems: ['This Redis takes no writes'],
      cache: { state: 'ok', boundMs: 2000 },
      redis: { breaker: 'closed' },
    })
  })

  it('are for GET and HEAD', async () => {
    const { health } = asked(taken)
    expect((await health.healthz(new Request('http://localhost/', { method: 'POST' }))).status).toBe(405)
    expect(await (await health.healthz(new Request('http://localhost/', { method: 'HEAD' }))).text()).toBe('')
  })
})
