import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'

import { Redis as Client } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { freePort } from '../../../src/testing/free-port.ts'
import { testRedis } from '../../support/redis.ts'
import { createTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'

const redis = testRedis()

async function proxyTo(target: { host: string; port: number }): Promise<TcpProxy> {
  const proxy = await createTcpProxy({ target })
  onTestFinished(() => proxy.close())
  return proxy
}

/** A server that hands out its connections, and a proxy in front of it. */
async function proxyToServer(): Promise<{ proxy: TcpProxy; nextConnection: () => Promise<Socket> }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    proxy: await proxyTo({ host: '127.0.0.1', port }),
    async nextConnection() {
      const [socket] = (await once(server, 'connection')) as [Socket]
      onTestFinished(() => void socket.destroy())
      return socket
    },
  }
}

async function connected(proxy: TcpProxy): Promise<Socket> {
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function pair() {
  const { proxy, nextConnection } = await proxyToServer()
  const arriving = nextConnection()
  const client = await connected(proxy)
  return { proxy, client, server: await arriving }
}

async function read(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return chunk.toString()
}

/** Resolves when what was sent now through another proxy has arrived: what has not by then is held, not merely slow. */
async function otherTrafficHasPassed(): Promise<void> {
  const { client, server } = await pair()
  client.end('x')
  await text(server)
  server.end('y')
  await text(client)
}

function errorCodeOf(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)))
}

describe('a proxy in fair weather', () => {
  it('is Redis for a client of Redis', async () => {
    const proxy = await proxyTo(redis)
    const client = new Client(proxy.url)
    onTestFinished(() => client.disconnect())
    const big = 'x'.repeat(1_000_000)
    await client.set('big', big)
    expect(await client.get('big')).toBe(big)
    expect(proxy.connections()).toBe(1)
  })

  it('passes on the end of one direction and lets the other go on', async () => {
    const { client, server } = await pair()
    const ended = once(server, 'end')
    client.end('question')
    expect(await read(server)).toBe('question')
    // Not by a stream consumer: on Node 22 that destroys the socket, and with it the other direction.
    server.resume()
    await ended
    server.end('answer')
    expect(await text(client)).toBe('answer')
  })

  it('resets a client whose target is not there', async () => {
    const proxy = await proxyTo({ host: '127.0.0.1', port: await freePort() })
    expect(await errorCodeOf(await connected(proxy))).toBe('ECONNRESET')
  })
})

describe('a proxy with a delay', () => {
  it('holds what is sent, in both directions, and what was sent before it is not held', async () => {
    const { proxy, client, server } = await pair()
    client.write('early')
    expect(await read(server)).toBe('early')
    const heard: string[] = []
    for (const socket of [client, server]) socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()))
    proxy.delay(3_600_000)
    client.write('there')
    server.write('here')
    await otherTrafficHasPassed()
    expect(heard).toEqual([])
  })

  it('forwards it when its time has come, and never out of order, however the delay changes', async () => {
    const { proxy, client, server } = await pair()
    const received = text(server)
    const pieces = Array.from({ length: 40 }, (_, index) => `${index} `)
    for (const [index, piece] of pieces.entries()) {
      proxy.delay(index % 2 === 0 ? 5 : 0)
      client.write(piece)
      await nextTurn()
    }
    client.end()
    expect(await received).toBe(pieces.join(''))
  })
})

describe('a proxy that is paused', () => {
  it('accepts connections and forwards nothing, until it resumes', async () => {
    const { proxy, nextConnection } = await proxyToServer()
    proxy.pause()
    const arriving = nextConnection()
    const client = await connected(proxy)
    client.write('held')
    const server = await arriving
    let heard = ''
    server.on('data', (chunk: Buffer) => (heard += chunk.toString()))

    await otherTrafficHasPassed()
    expect(heard).toBe('')

    // Twice is as good as once.
    proxy.pause()
    proxy.resume()
    await vi.waitFor(() => expect(heard).toBe('held'))
  })

  it('holds the end of a connection too', async () => {
    const { proxy, client, server } = await pair()
    proxy.pause()
    const ended = vi.fn<() => void>()
    client.once('end', ended).resume()
    server.end()
    await otherTrafficHasPassed()
    expect(ended).not.toHaveBeenCalled()
    proxy.resume()
    await vi.waitFor(() => expect(ended).toHaveBeenCalled())
  })
})

describe('a proxy that breaks connections', () => {
  it('resets the ones there are and accepts new ones', async () => {
    const { proxy, client, server } = await pair()
    const codes = [errorCodeOf(client), errorCodeOf(server)]
    proxy.dropAll()
    expect(await Promise.all(codes)).toEqual(['ECONNRESET', 'ECONNRESET'])
    await vi.waitFor(() => expect(proxy.connections()).toBe(0))
    await connected(proxy)
  })

  it('refuses new ones while the old go on, and accepts again on the same port', async () => {
    const { proxy, client, server } = await pair()
    proxy.refuse()
    expect(await errorCodeOf(connect(proxy.port, proxy.host))).toBe('ECONNREFUSED')
    client.write('still here')
    expect(await read(server)).toBe('still here')
    await proxy.accept()
    await connected(proxy)
  })

  it('cuts the next answer short and then the connection, and leaves the one after it whole', async () => {
    const { proxy, client, server } = await pair()
    proxy.truncateNext(3)
    server.write('answer')
    expect(await text(client)).toBe('ans')

    const through = await proxyTo(redis)
    through.truncateNext(2)
    const cut = connect(through.port, through.host)
    cut.write('PING\r\n')
    expect(await text(cut)).toBe('+P')
    const next = connect(through.port, through.host)
    onTestFinished(() => void next.destroy())
    next.write('PING\r\n')
    expect(await read(next)).toBe('+PONG\r\n')
  })

  it('lets go of everything when it is closed, also while it refuses and is paused', async () => {
    const { proxy, client } = await pair()
    proxy.pause()
    proxy.refuse()
    const reset = errorCodeOf(client)
    await proxy.close()
    expect(await reset).toBe('ECONNRESET')
  })
})
