import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { freePort } from '../../../src/testing/free-port.ts'
import { ping } from '../../../src/testing/ping.ts'

async function serverSaying(text: string): Promise<number> {
  const server = createServer((socket) => socket.end(text)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('a free port', () => {
  it('can be listened on at once', async () => {
    const port = await freePort()
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    expect((server.address() as AddressInfo).port).toBe(port)
    server.close()
  })
})

describe('a ping', () => {
  it('takes an answer for an answer, also one that asks for a password', async () => {
    for (const answer of ['+PONG\r\n', '-NOAUTH Authentication required.\r\n']) {
      await expect(ping({ host: '127.0.0.1', port: await serverSaying(answer) })).resolves.toBeUndefined()
    }
  })

  it('fails where nothing listens, and where something else answers', async () => {
    await expect(ping({ host: '127.0.0.1', port: await freePort() })).rejects.toThrow('ECONNREFUSED')
    await expect(ping({ host: '127.0.0.1', port: await serverSaying('HTTP/1.1 400\r\n') })).rejects.toThrow('no Redis')
  })
})
