import { Socket } from 'node:net'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import type { Script } from '../../../src/redis/redis.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis } from '../../support/redis.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'

const server = testRedis()

describe('the read batcher', () => {
  it('sends the reads of one turn as one MGET, whoever asks, and answers each with its own', async () => {
    const { redis } = watchedRedis({ url: server.url, healthInterval: '1h' })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    await redis.ready()
    await redis.run(WRITE, ['hf:batch-3'], ['three'])
    await expect.poll(() => redis.health().state).toBe('ok')
    await admin.call('CONFIG', 'RESETSTAT')

    const values = await Promise.all(Array.from({ length: 100 }, (_, index) => redis.get(`hf:batch-${index % 50}`)))
    expect(values[3]).toEqual(Buffer.from('three'))
    expect(values[53]).toEqual(Buffer.from('three'))
    expect(values.filter((value) => value !== null)).toHaveLength(2)
    expect(await admin.calls('mget')).toBe(1)
    expect(await admin.calls('get')).toBe(0)
  })

  it('gathers what separate callbacks of one turn ask, as requests of a server do', async () => {
    const { redis } = watchedRedis({ url: server.url, healthInterval: '1h' })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    await redis.ready()
    await admin.call('CONFIG', 'RESETSTAT')
    const ask = (key: string) =>
      new Promise<Buffer | null>((resolve, reject) => setImmediate(() => void redis.get(key).then(resolve, reject)))
    await Promise.all(['hf:x', 'hf:y', 'hf:z'].map(ask))
    expect(await admin.calls('mget')).toBe(1)
  })

  it('splits what is too much for one command', async () => {
    const { redis } = watchedRedis({ url: server.url, healthInterval: '1h' })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    await redis.ready()
    await admin.call('CONFIG', 'RESETSTAT')
    await Promise.all(Array.from({ length: 1000 }, (_, index) => redis.get(`hf:many-${index}`)))
    expect(await admin.calls('mget')).toBe(Math.ceil(1000 / 256))
  })
})

describe('scripts that may be gathered', () => {
  const APPEND: Script = {
    name: 'append',
    lua: "redis.call('APPEND', KEYS[1], ARGV[1]) return {KEYS[1], redis.call('GET', KEYS[1]), false}",
    isGathered: true,
  }

  it('run as one script when they are asked together, each with its own keys, arguments and answer', async () => {
    const { redis } = watchedRedis({ url: server.url, healthInterval: '1h' })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    await redis.ready()
    await admin.call('SCRIPT', 'FLUSH')
    await admin.call('CONFIG', 'RESETSTAT')
    const calls = Array.from({ length: 100 }, (_, index) =>
      redis.run(APPEND, [`hf:append-${index % 50}`], [`<${index}>`]),
    )
    const answers = await Promise.all(calls)
    expect(answers[7]).toEqual(['hf:append-7', '<7>', null])
    expect(answers[57]).toEqual(['hf:append-7', '<7><57>', null])
    // 64 and 36; each by its hash, and once by its text, which the server did not know.
    expect((await admin.calls('evalsha')) + (await admin.calls('eval'))).toBeLessThanOrEqual(4)
    expect(await admin.calls('append')).toBe(100)
  })

  it('fail one by one: what one of them meets ends no other', async () => {
    const { redis } = watchedRedis({ url: server.url, healthInterval: '1h' })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    await redis.ready()
    await admin.call('RPUSH', 'hf:append-list', 'a')
    const calls = ['hf:append-x', 'hf:append-list', 'hf:append-y'].map((key) => redis.run(APPEND, [key], ['!']))
    const [first, second, third] = await Promise.allSettled(calls)
    expect(first).toMatchObject({ status: 'fulfilled', value: ['hf:append-x', '!', null] })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'ERR_HOLDFAST_STORE' } })
    expect(third).toMatchObject({ status: 'fulfilled', value: ['hf:append-y', '!', null] })
  })
})

describe('commands of one turn', () => {
  it('leave in one write, each with its own answer', async () => {
    const { redis } = watchedRedis({ url: server.url, healthInterval: '1h' })
    await redis.ready()
    await redis.run(WRITE, ['hf:gather-0'], ['0'])
    await expect.poll(() => redis.health().state).toBe('ok')
    const single = vi.spyOn(Socket.prototype, '_write')
    const several = vi.spyOn(Socket.prototype, '_writev')
    onTestFinished(() => {
      single.mockRestore()
      several.mockRestore()
    })
    const indexes = Array.from({ length: 100 }, (_, index) => index)
    await Promise.all(indexes.map((index) => redis.run(WRITE, [`hf:gather-${index}`], [String(index)])))
    const ofScripts = (chunk: unknown): boolean => String(chunk).includes('hf:gather-')
    expect(single.mock.calls.filter(([chunk]) => ofScripts(chunk))).toEqual([])
    const together = several.mock.calls.map(([chunks]) => chunks.filter(({ chunk }) => ofScripts(chunk)).length)
    expect(together.filter((count) => count > 0)).toEqual([100])
    const values = await Promise.all(indexes.map((index) => redis.getAndExpire(`hf:gather-${index}`, 1000)))
    expect(values.map(String)).toEqual(indexes.map(String))
  })
})
