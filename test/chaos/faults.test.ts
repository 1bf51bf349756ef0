import { describe, expect, it, onTestFinished, vi } from 'vitest'

import type { FailureKind, RedisEvent } from '../../src/index.ts'
import { askRedis, redisAdmin } from '../support/redis-admin.ts'
import { startClusterTopology } from '../support/redis-cluster.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'
import { serverOfItsOwn, serviceOn, survivedBy } from './service.ts'

const failed = (failure: FailureKind) => (event: RedisEvent) =>
  event.type === 'command-failed' && event.failure === failure
const lost = (event: RedisEvent): boolean => event.type === 'connection-lost'

/** What must be true whatever happened; the events besides were told at least once. */
const unharmed = (...events: readonly string[]) => ({
  failedReads: 0,
  unhandledRejections: 0,
  events: Object.fromEntries(events.map((name) => [name, expect.any(Number)])),
})

async function behindProxy() {
  const server = await serverOfItsOwn()
  const proxy = await createTcpProxy({ target: { host: server.host, port: server.port } })
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
    expect(await survivedBy(service)).toMatchObject(
      unharmed('connection-lost connection', 'command-failed connection', 'connection-ready'),
    )
  })

  it('its connections are killed', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const told = service.told(lost)
    await askRedis(server.port, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await told
    expect(await survivedBy(service)).toMatchObject(unharmed('connection-lost connection', 'connection-ready'))
  })

  it('Redis is loading its data', async () => {
    // Half a millisecond for each key: five seconds in all, as a large file would take.
    const slowly = ['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024']
    const server = await serverOfItsOwn({ args: slowly })
    const service = await serviceOn({ url: server.url })
    const fill = "for index = 1, 10000 do redis.call('SET', 'loaded-' .. index, string.rep('x', 100)) end"
    await askRedis(server.port, 'EVAL', fill, 0)
    await askRedis(server.port, 'SAVE')
    const told = service.told(failed('loading'))
    await server.restart()
    await told
    expect(await survivedBy(service)).toMatchObject(unharmed('command-failed loading'))
  })

  it('the primary became a replica', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const told = service.told(failed('readonly'))
    await askRedis(server.port, 'REPLICAOF', '127.0.0.1', '1')
    await told
    await askRedis(server.port, 'REPLICAOF', 'NO', 'ONE')
    expect(await survivedBy(service)).toMatchObject(unharmed('command-failed readonly'))
  })

  it('the memory of Redis is full', async () => {
    const server = await serverOfItsOwn({ policy: 'noeviction' })
    const service = await serviceOn({ url: server.url })
    const told = service.told(failed('oom'))
    await askRedis(server.port, 'CONFIG', 'SET', 'maxmemory', '1')
    await told
    await askRedis(server.port, 'CONFIG', 'SET', 'maxmemory', '0')
    expect(await survivedBy(service)).toMatchObject(unharmed('command-failed oom'))
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
    expect(await survivedBy(service)).toMatchObject(unharmed('command-failed auth'))
  })

  it('Redis has forgotten its scripts', async () => {
    const server = await serverOfItsOwn()
    const service = await serviceOn({ url: server.url })
    const told = service.told((event) => event.type === 'survived' && event.failure === 'script')
    await askRedis(server.port, 'SCRIPT', 'FLUSH')
    await told
    expect(await survivedBy(service)).toMatchObject({
      ...unharmed('survived script'),
      failedCalls: 0,
    })
  })

  it('the network swallows everything (half-open)', async () => {
    const { proxy, service } = await behindProxy()
    const told = Promise.all([service.told(failed('timeout')), service.told(lost)])
    proxy.pause()
    await told
    proxy.resume()
    expect(await survivedBy(service)).toMatchObject(unharmed('command-failed timeout', 'connection-lost connection'))
  })

  it('a reply is cut off in its middle', async () => {
    const { proxy, service } = await behindProxy()
    const told = service.told(lost)
    proxy.truncateNext(2)
    await told
    expect(await survivedBy(service)).toMatchObject(unharmed('connection-lost connection'))
  })

  it('connections are refused', async () => {
    const { proxy, service } = await behindProxy()
    const told = Promise.all([service.told(lost), service.told(failed('connection'))])
    proxy.refuse()
    proxy.dropAll()
    await told
    await proxy.accept()
    expect(await survivedBy(service)).toMatchObject(unharmed('command-failed connection', 'connection-ready'))
  })

  it('the slot that it writes moves to another node, key by key (ASK, then MOVED)', async () => {
    const topology = await startClusterTopology()
    onTestFinished(() => topology.stop())
    const key = 'hf:loop:{moving}'
    const service = await serviceOn({ cluster: { nodes: topology.addresses } }, key)
    const redirected = () => service.told((event) => event.type === 'survived' && event.failure === 'cluster')
    const asked = redirected()
    const move = await topology.move(key)
    await move.carry(key)
    await asked
    const moved = redirected()
    await move.finish()
    await moved
    expect(await survivedBy(service)).toMatchObject(unharmed('survived cluster'))
    // The service heard it from the node that it asked; the others hear it by gossip.
    await vi.waitFor(async () => expect((await topology.primaryOf(key)).id).toBe(move.to.id), { timeout: 10_000 })
  })
})
