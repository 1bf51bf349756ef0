import { describe, expect, it, onTestFinished } from 'vitest'

import { createCache, createHealth, createRedis } from '../../../src/index.ts'
import { privateRedis } from '../../../src/testing/index.ts'
import { eventually } from '../../support/eventually.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { uniqueNamespace } from '../../support/redis.ts'

const get = new Request('http://localhost/')

async function service() {
  const server = await privateRedis()
  const redis = createRedis({ url: server.url })
  const cache = createCache({ redis, namespace: uniqueNamespace() })
  onTestFinished(async () => {
    await cache.close()
    await redis.close()
    await server.stop()
  })
  await redis.ready()
  const health = createHealth({ cache, redis, redisRequired: true, maxAge: 0 })
  const status = async (): Promise<number> => (await health.readyz(get)).status
  return { server, health, status }
}

describe('readiness by a real Redis', () => {
  it('notices a server that answers reads and takes no writes, for want of memory or since it is a replica', async () => {
    const { server, status } = await service()
    const admin = redisAdmin(server.port)
    await eventually(async () => (await status()) === 200 || undefined, { what: 'ready' })
    await admin.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    await admin.call('CONFIG', 'SET', 'maxmemory', '1')
    expect(await status()).toBe(503)
    await admin.call('CONFIG', 'SET', 'maxmemory', '0')
    await eventually(async () => (await status()) === 200 || undefined, { what: 'ready again' })
    await admin.call('REPLICAOF', '127.0.0.1', '1')
    expect(await status()).toBe(503)
    admin.close()
  })

  it('answers in time while the server stands still or is gone, and comes back with it', async () => {
    const { server, health, status } = await service()
    await eventually(async () => (await status()) === 200 || undefined, { what: 'ready' })
    process.kill(server.pid, 'SIGSTOP')
    expect(await status()).toBe(503)
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    expect(await status()).toBe(503)
    expect((await health.livez(get)).status).toBe(200)
    await server.restart()
    await eventually(async () => (await status()) === 200 || undefined, { what: 'ready again' })
  })
})
