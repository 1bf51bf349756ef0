import { describe, expect, it, onTestFinished } from 'vitest'

import type { FailureKind, RedisEvent } from '../../src/index.ts'
import { askRedis, redisAdmin } from '../support/redis-admin.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'
import { serverOfItsOwn, serviceOn, survivor } from './service.ts'

const failed = (failure: FailureKind) => (event: RedisEvent) =>
  event.type === 'command-failed' && event.failure === failure
const lost = (event: RedisEvent): boolean => event.type === 'connection-lost'

async function behindProxy() {
  const server = await serverOfItsOwn()
  const proxy = await createTcpProxy({ target: server })
  onTestFinished(() => proxy.close())
  return { server, proxy, service: await serviceOn({ url: proxy.url }) }
}

describe('a service keeps answering, and says why it could not ask Redis, when', () => {
  it('Redis is killed and started again', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const told = Promise.all([service.told(lost), service.told(failed('connection'))])
    server.signal('SIGKILL')
    await told
    await server.restart()
    const { events } = await survivor(service)
    expect(events['connection-ready']).toBeGreaterThan(0)
  })

  it('its connections are killed', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const told = service.told(lost)
    await askRedis(server.port, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await told
    await survivor(service)
  })

  it('Redis is loading its data', async () => {
    // Half a millisecond for each key: five seconds in all, as a large file would take.
    const slowly = ['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024']
    const server = await serverOfItsOwn({ args: ['--save', '3600 1000000', ...slowly] })
    const service = await serviceOn({ url: server.url })
    await askRedis(server.port, 'DEBUG', 'POPULATE', 10_000, 'loaded', 100)
    await askRedis(server.port, 'SAVE')
    const told = service.told(failed('loading'))
    await server.restart()
    await told
    const { events } = await survivor(service)
    expect(events['command-failed loading']).toBeGreaterThan(0)
  })

  it('the primary became a replica', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const told = service.told(failed('readonly'))
    await askRedis(server.port, 'REPLICAOF', '127.0.0.1', '1')
    await told
    await askRedis(server.port, 'REPLICAOF', 'NO', 'ONE')
    await survivor(service)
  })

  it('the memory of Redis is full', async () => {
    const server = await serverOfItsOwn({ policy: 'noeviction' })
    const service = await serviceOn({ url: server.url })
    const told = service.told(failed('oom'))
    await askRedis(server.port, 'CONFIG', 'SET', 'maxmemory', '1')
    await told
    await askRedis(server.port, 'CONFIG', 'SET', 'maxmemory', '0')
    await survivor(service)
  })

  it('Redis asks for a password that it did not ask for before', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    const told = service.told(failed('auth'))
    await admin.call('CONFIG', 'SET', 'requirepass', 'secret')
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await told
    await admin.call('CONFIG', 'SET', 'requirepass', '')
    await survivor(service)
  })

  it('Redis has forgotten its scripts', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const told = service.told((event) => event.type === 'survived' && event.failure === 'script')
    await askRedis(server.port, 'SCRIPT', 'FLUSH')
    await told
    const { failedCalls } = await survivor(service)
    expect(failedCalls, 'each is sent again with its text').toBe(0)
  })

  it('the network swallows everything (half-open)', async () => {
    const { proxy, service } = await behindProxy()
    const told = Promise.all([service.told(failed('timeout')), service.told(lost)])
    proxy.pause()
    await told
    proxy.resume()
    await survivor(service)
  })

  it('a reply is cut off in its middle', async () => {
    const { proxy, service } = await behindProxy()
    const told = service.told(lost)
    proxy.truncateNext(2)
    await told
    await survivor(service)
  })

  it('connections are refused', async () => {
    const { proxy, service } = await behindProxy()
    const told = Promise.all([service.told(lost), service.told(failed('connection'))])
    proxy.refuse()
    proxy.dropAll()
    await told
    await proxy.accept()
    await survivor(service)
  })
})
