import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ADMIN, eventually, requirementsBody, startBackend, type Backend, type Instance } from './service.ts'

let backend: Backend
let instance: Instance

beforeAll(async () => {
  backend = await startBackend()
  instance = await backend.startInstance()
})

afterAll(async () => {
  await instance[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

const LATEST = '/api/requirements/latest'
const submit = (title: string) => instance.post('/api/requirements/submit', requirementsBody(title), ADMIN)

// One after the other: Redis goes and comes back.
describe('while Redis is away', () => {
  it('answers from the database and says that the cache was bypassed', async () => {
    await submit('Before')
    await instance.get(LATEST)
    expect(await instance.get(LATEST)).toMatchObject({ xCache: 'hit' })
    expect((await instance.get('/readyz')).body).toEqual({ status: 'ok' })

    backend.redis.signal('SIGKILL')
    await backend.redis.exited
    expect(await instance.get('/api/features')).toMatchObject({ status: 200, xCache: 'bypass' })
    // What this process loaded itself may be served for as long as the bound.
    const answer = await eventually(
      () => instance.get(LATEST),
      ({ xCache }) => xCache !== 'hit',
    )
    expect(answer).toMatchObject({ status: 200, xCache: 'bypass', body: { title: 'Before' } })
  })

  it('is alive, and ready but degraded', async () => {
    expect(await instance.get('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await instance.get('/readyz')).toMatchObject({ status: 200, body: { status: 'degraded' } })
  })

  it('tells an admin why, and nobody else', async () => {
    const { status, body } = await instance.get('/healthz', { authorization: `Bearer ${ADMIN}` })
    expect([status, body.status, body.cache.state]).toEqual([200, 'degraded', 'degraded'])
    expect(body.problems.join()).toContain('Redis')
    expect((await instance.get('/healthz')).status).toBe(401)
  })

  it('takes writes and shows them', async () => {
    expect(await submit('During')).toMatchObject({ status: 200, body: { success: true } })
    expect(await instance.get(LATEST)).toMatchObject({ status: 200, body: { title: 'During' } })
  })

  it('caches again once Redis is back, and shows what was written meanwhile', async () => {
    await backend.redis.restart()
    await eventually(
      () => instance.get('/readyz'),
      ({ body }) => body.status === 'ok',
    )
    const answer = await eventually(
      () => instance.get(LATEST),
      ({ xCache }) => xCache === 'hit',
    )
    expect(answer.body.title).toBe('During')
    expect(instance.failures).toEqual([])
  })
})

describe('while the database is away', () => {
  it('answers 503 in time, and says so in the log', async () => {
    await backend.emulator.close()
    expect(await instance.get('/api/features/FR-4711')).toMatchObject({
      status: 503,
      body: { detail: 'The database did not answer' },
    })
    expect(instance.failures).toEqual([expect.stringMatching(/^GET \/api\/features\/:request_id: /)])
  })
})
