import { describe, expect, it, onTestFinished } from 'vitest'

import { connectCycles, leaked, leftovers } from '../../support/connect-cycles.ts'
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
    const before = await eventually(
      async () => {
        const left = await leftovers(admin)
        return left.resources['TCPSocketWrap'] === 1 && left.serverClients === 1 ? left : undefined
      },
      { what: 'no connection but the one that asks' },
    )
    await connectCycles(options, 300)
    // Not expect.poll, which holds a timer of its own while it asks.
    const more = eventually(
      async () => {
        const found = leaked(before, await leftovers(admin))
        if (found.length > 0) throw new Error(`more than before: ${found.join(', ')}`)
        return found
      },
      { what: 'nothing left behind', withinMs: 10_000 },
    )
    await expect(more).resolves.toEqual([])
  })
})
