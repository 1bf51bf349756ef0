import { describe, expect, it, onTestFinished } from 'vitest'

import { CircuitOpenError } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { eventOf } from '../../support/event-of.ts'
import { askRedis, redisAdmin } from '../../support/redis-admin.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'

async function ownServer() {
  const server = await privateRedis()
  onTestFinished(() => server.stop())
  return server
}

const failing = { code: expect.stringMatching(/^ERR_HOLDFAST_STORE/) }

describe('a deadline', () => {
  it('ends every command on a frozen server, and the connection works again when it thaws', async () => {
    const server = await ownServer()
    const { redis, of } = watchedRedis({ url: server.url, breaker: { minimumCalls: 1000 }, healthInterval: '1h' })
    await redis.ready()
    await expect.poll(() => redis.health().state).toBe('ok')
    server.signal('SIGSTOP')
    const outcomes = await Promise.allSettled([
      redis.get('hf:a'),
      redis.run(WRITE, ['hf:a'], [1]),
      redis.scanHash('hf:a', '0', 10),
    ])
    const timedOut = { status: 'rejected', reason: { code: 'ERR_HOLDFAST_STORE_TIMEOUT', failure: 'timeout' } }
    expect(outcomes.slice(0, 2)).toMatchObject([timedOut, timedOut])
    expect(outcomes[2]).toMatchObject({ status: 'rejected', reason: failing })
    server.signal('SIGCONT')
    await expect.poll(() => redis.run(WRITE, ['hf:a'], ['thawed']).catch(() => 'not yet')).toBe('OK')
    expect(await redis.get('hf:a')).toEqual(Buffer.from('thawed'))
    expect(of('command-failed').filter(({ failure }) => failure === 'timeout').length).toBeGreaterThanOrEqual(2)
  })

  it('names the operation, the server and the time', async () => {
    const server = await ownServer()
    const { redis } = watchedRedis({ url: server.url, readTimeout: '50ms', retryOnTimeout: false })
    await redis.ready()
    server.signal('SIGSTOP')
    await expect(redis.get('hf:a')).rejects.toThrow(
      `Redis at redis://127.0.0.1:${server.port}/0 did not answer MGET within 50 ms`,
    )
  })
})

describe('a primary that became a replica', () => {
  it('costs its readers the connection once, however many writes it refuses', async () => {
    const server = await ownServer()
    const { redis, of } = watchedRedis({ url: server.url, healthInterval: '1h' })
    await redis.ready()
    await askRedis(server.port, 'REPLICAOF', '127.0.0.1', '1')
    const refused = () => redis.run(WRITE, ['hf:a'], [1]).catch((error: unknown) => error)
    await expect(refused()).resolves.toMatchObject({ failure: 'readonly' })
    await expect.poll(() => of('connection-ready').length).toBe(2)
    for (let index = 0; index < 20; index += 1) {
      await expect(refused()).resolves.toMatchObject({ failure: 'readonly' })
      expect(await redis.get('hf:a')).toBeNull()
    }
    expect(of('connection-lost')).toHaveLength(1)
  })
})

describe('the breaker', () => {
  it('opens when commands fail, refuses without sending, probes with one, and closes when that is answered', async () => {
    const server = await ownServer()
    const { redis, of } = watchedRedis({
      url: server.url,
      readTimeout: '50ms',
      breaker: { minimumCalls: 3, openFor: '2s' },
      healthInterval: '1h',
    })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    await redis.ready()
    await expect.poll(() => redis.health().state).toBe('ok')
    const write = () => redis.run(WRITE, ['hf:a'], [1])

    const opened = eventOf(redis, (event) => event.type === 'breaker' && event.to === 'open')
    server.signal('SIGSTOP')
    await expect(Promise.all([write(), write(), write()])).rejects.toMatchObject({ failure: 'timeout' })
    await opened
    server.signal('SIGCONT')
    await admin.call('CONFIG', 'RESETSTAT')
    for (let index = 0; index < 100; index += 1) {
      await expect(write()).rejects.toBeInstanceOf(CircuitOpenError)
      await expect(redis.get('hf:a')).rejects.toMatchObject({ code: 'ERR_HOLDFAST_CIRCUIT_OPEN' })
    }
    expect(redis.health().breaker).toBe('open')
    expect(await admin.calls('evalsha'), 'nothing was sent').toBe(0)
    expect(await admin.calls('mget'), 'nothing was sent').toBe(0)

    await expect.poll(() => write().catch(() => 'refused'), { interval: 20, timeout: 10_000 }).toBe('OK')
    expect(of('breaker').map(({ to }) => to)).toEqual(['open', 'half-open', 'closed'])
    expect(await redis.get('hf:a')).toEqual(Buffer.from('1'))
  })

  it('opens again when its probe fails', async () => {
    const server = await ownServer()
    const { redis, of } = watchedRedis({
      url: server.url,
      breaker: { minimumCalls: 3, openFor: '50ms' },
      healthInterval: '1h',
    })
    await redis.ready()
    server.signal('SIGKILL')
    await server.exited
    const states = () => of('breaker').map(({ to }) => to)
    await expect
      .poll(async () => redis.get('hf:a').then(() => [], states), { interval: 5 })
      .toEqual(['open', 'half-open', 'open'])
    await server.restart()
    await expect.poll(() => redis.get('hf:a').catch(() => 'refused'), { timeout: 10_000 }).toBeNull()
    expect(redis.health().breaker).toBe('closed')
  })

  it('is not opened by what a pause cannot mend', async () => {
    const server = await ownServer()
    const { redis, of } = watchedRedis({ url: server.url, breaker: { minimumCalls: 3 }, healthInterval: '1h' })
    const broken = { name: 'test.broken', lua: "return redis.error_reply('WRONGTYPE broken')" }
    for (let index = 0; index < 20; index += 1) {
      await expect(redis.run(broken, ['hf:a'], [])).rejects.toMatchObject({ failure: 'reply' })
    }
    expect(of('breaker')).toEqual([])
  })
})
