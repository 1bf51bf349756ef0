import { join } from 'node:path'
import { networkInterfaces } from 'node:os'

import { describe, expect, it, onTestFinished } from 'vitest'

import { privateRedis, type PrivateRedisOptions } from '../../../src/testing/index.ts'
import { freePort } from '../../../src/testing/free-port.ts'
import { askRedis } from '../../support/redis-admin.ts'
import { testRedis } from '../../support/redis.ts'
import { watchedRedis, WRITE } from '../../support/watched-redis.ts'

const server = testRedis()

async function ownServer(options: PrivateRedisOptions = {}) {
  const own = await privateRedis(options)
  onTestFinished(() => own.stop())
  return own
}

describe('a Redis by its URL', () => {
  it('is ready when it has answered, tells so once, and reads what was written', async () => {
    const { redis, of } = watchedRedis({ url: server.url })
    await redis.ready()
    expect(of('connection-ready')).toEqual([{ type: 'connection-ready', connection: 'holdfast-0' }])
    await redis.run(WRITE, ['hf:standalone'], ['value'])
    expect(await redis.get('hf:standalone')).toEqual(Buffer.from('value'))
    expect(await redis.get('hf:absent')).toBeNull()
  })

  it('lets a command wait for the first connection within its deadline', async () => {
    const { redis } = watchedRedis({ url: server.url, readTimeout: '5s' })
    expect(await redis.run(WRITE, ['hf:at-once'], ['value'])).toBe('OK')
  })

  it('is asked in the database that its URL names', async () => {
    const [{ redis: first }, { redis: other }] = [
      watchedRedis({ url: `${server.url}/0` }),
      watchedRedis({ url: `${server.url}/3` }),
    ]
    await Promise.all([first.ready(), other.ready()])
    await other.run(WRITE, ['hf:db'], ['three'])
    expect(await first.get('hf:db')).toBeNull()
    expect(await other.get('hf:db')).toEqual(Buffer.from('three'))
  })

  it('is asked through a unix socket', async () => {
    const socketName = 'redis.sock'
    // Relative to the server's folder, which its address needs not know.
    const own = await ownServer({ args: ['--unixsocket', socketName] })
    const { redis } = watchedRedis({ url: `unix://${join(own.folder, socketName)}?db=1` })
    await redis.ready()
    await redis.run(WRITE, ['hf:socket'], ['value'])
    expect(await redis.get('hf:socket')).toEqual(Buffer.from('value'))
    expect(await askRedis(own.port, 'GET', 'hf:socket'), 'it is in database 1').toBeNull()
  })

  it('says that a socket which is not there cannot be opened', async () => {
    const { redis } = watchedRedis({ url: 'unix:///tmp/holdfast-no-such-folder/redis.sock' })
    await expect(redis.ready()).rejects.toMatchObject({
      code: 'ERR_HOLDFAST_STORE',
      failure: 'connection',
      message: expect.stringContaining('cannot be opened'),
    })
  })

  it('is reached at an IPv6 address where the machine has one, and is said not to listen where it has none', async () => {
    const hasIPv6 = Object.values(networkInterfaces())
      .flat()
      .some((one) => one?.address === '::1')
    const own = await ownServer(hasIPv6 ? { args: ['--bind', '127.0.0.1', '::1'] } : {})
    const { redis } = watchedRedis({ url: `redis://[::1]:${own.port}` })
    const outcome = await redis.ready().then(
      () => 'ready',
      () => 'refused',
    )
    expect(outcome).toBe(hasIPv6 ? 'ready' : 'refused')
  })

  it('says where nothing listens', async () => {
    const { redis } = watchedRedis({ url: `redis://127.0.0.1:${await freePort()}` })
    await expect(redis.ready()).rejects.toMatchObject({
      failure: 'connection',
      message: expect.stringMatching(/^Nothing listens at redis:\/\/127\.0\.0\.1:\d+\/0: is Redis running there\?$/),
    })
  })
})

describe('a blocking read', () => {
  it('waits in silence for longer than a command may, and keeps its connection', async () => {
    const { redis, of } = watchedRedis({ url: server.url })
    const reader = redis.openStreamReader()
    // Longer than the socket of an ordinary connection may be silent while a command is under way, which is a second.
    expect(await reader.readAfter('hf:quiet', '0-0', 1500)).toEqual([])
    expect(of('connection-lost')).toEqual([])
  })
})

describe('a Redis with a password', () => {
  const secret = 'correct horse'
  const withPassword = () => ownServer({ args: ['--requirepass', secret] })

  it('is used with the right one, percent-encoded in the URL', async () => {
    const own = await withPassword()
    const { redis } = watchedRedis({ url: `redis://:${encodeURIComponent(secret)}@127.0.0.1:${own.port}` })
    await redis.ready()
    expect(await redis.run(WRITE, ['hf:password'], ['value'])).toBe('OK')
  })

  it.each([
    ['without one', '', /needs a password: write it into the URL/],
    ['with a wrong one', ':wrong-guess@', /refused the user name or password/],
    ['with a user it does not know', 'nobody:wrong-guess@', /refused the user name or password/],
  ])('refuses a client %s, and the error says so and repeats no password', async (_name, login, sentence) => {
    const own = await withPassword()
    const { redis } = watchedRedis({ url: `redis://${login}127.0.0.1:${own.port}` })
    const error: unknown = await redis.ready().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'ERR_HOLDFAST_STORE',
      failure: 'auth',
      message: expect.stringMatching(sentence),
    })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('wrong-guess')
  })
})

describe('close()', () => {
  it('leaves no connection behind, and what is asked afterwards fails', async () => {
    const own = await ownServer()
    const { redis, of } = watchedRedis({ url: own.url })
    await redis.ready()
    redis.openStreamReader()
    redis.subscribe('hf:channel', () => undefined)
    await redis.close()
    await expect(redis.get('hf:a')).rejects.toMatchObject({ failure: 'connection' })
    await expect.poll(async () => String(await askRedis(own.port, 'CLIENT', 'LIST')).includes('holdfast')).toBe(false)
    expect(of('connection-lost'), 'what is closed on purpose is not lost').toEqual([])
  })
})
