import { describe, expect, it, onTestFinished } from 'vitest'

import { connectCycles, leftovers } from '../../support/connect-cycles.ts'
import { eventually } from '../../support/eventually.ts'
import { redisAdmin } from '../../support/redis-admin.ts'
import { testRedis } from '../../support/redis.ts'

const server = testRedis()

describe('connecting and disconnecting', () => {
  it('leaves nothing behind after 300 times: no socket, no timer, no listener, no client at the server', async () => {
    const admin = redisAdmin(server.port)
    onTestFinished(() => admin.close())
    const options = { url: server.url }
    await connectCycles(options, 20)
    // The server notices the end of a connection a moment after the client.
    const settled = () =>
      eventually(
        async () => {
          const left = await leftovers(admin)
          return left.resources['TCPSocketWrap'] === 1 && left.serverClients === 1 ? left : undefined
        },
        { what: 'no connection but the one that asks' },
      )
    const before = await settled()
    await connectCycles(options, 300)
    expect(await settled()).toEqual(before)
  })
})
