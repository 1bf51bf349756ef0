import { describe, expect, it, onTestFinished } from 'vitest'

import { askRedis } from '../../support/redis-admin.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'

const BIG = Buffer.alloc(1_000_000, 'x')

async function ownServer() {
  const server = await privateRedis()
  onTestFinished(() => server.stop())
  return server
}

async function clients(port: number): Promise<readonly string[]> {
  const list = String(await askRedis(port, 'CLIENT', 'LIST'))
  return [...list.matchAll(/ name=(holdfast-\S+)/g)].map(([, name = '']) => name).sort()
}

describe('the pool', () => {
  it('uses one connection for any number of small reads', async () => {
    const server = await ownServer()
    const { redis } = watchedRedis({ url: server.url, readTimeout: '5s' })
    await redis.ready()
    await Promise.all(Array.from({ length: 2000 }, (_, index) => redis.get(`hf:small-${index}`)))
    expect(redis.health().connections).toEqual({ open: 1, ready: 1, inFlight: 0, max: 10 })
    expect(await clients(server.port)).toEqual(['holdfast-0'])
  })

  it('opens more when all are backed up with big values, up to maxConnections, and closes all', async () => {
    const server = await ownServer()
    const { redis } = watchedRedis({ url: server.url, readTimeout: '5s', maxConnections: 3 })
    await redis.run(WRITE, ['hf:big'], [BIG])
    let answered = 0
    const reader = async (): Promise<void> => {
      while (redis.health().connections.ready < 3) {
        // A script, since reads of one turn would leave as one.
        await redis.run({ name: 'test.read', lua: "return redis.call('GET', KEYS[1])" }, ['hf:big'], [])
        answered += 1
      }
    }
    await Promise.all(Array.from({ length: 40 }, reader))
    expect(answered).toBeGreaterThan(8)
    expect(redis.health().connections).toEqual({ open: 3, ready: 3, inFlight: 0, max: 3 })
    expect(await clients(server.port)).toEqual(['holdfast-0', 'holdfast-1', 'holdfast-2'])
    await redis.close()
    await expect.poll(() => clients(server.port)).toEqual([])
  })

  it('opens its connections again by itself when all are killed', async () => {
    const server = await ownServer()
    const { redis, of } = watchedRedis({ url: server.url })
    await redis.ready()
    await askRedis(server.port, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await expect.poll(() => of('connection-ready').length).toBe(2)
    expect(of('connection-lost')).toMatchObject([{ connection: 'holdfast-0', failure: 'connection' }])
    expect(await redis.get('hf:a')).toBeNull()
  })
})
