import { Redis as Client, SentinelConnector, type SentinelConnectionOptions } from 'ioredis'

/**
 * The library's own connector, without its printing: it listens to the sentinels on connections whose errors nobody hears,
 * and writes each failed attempt to stderr. A sentinel that is away is told of by the connection that needs it.
 */
export class QuietSentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions)
    // Private there. Where it is gone one day, the library prints again, and nothing else changes.
    const open: unknown = Reflect.get(this, 'connectToSentinel')
    if (typeof open !== 'function') return
    Reflect.set(this, 'connectToSentinel', (...args: readonly unknown[]) => {
      const client: unknown = Reflect.apply(open, this, args)
      if (client instanceof Client) client.on('error', () => undefined)
      return client
    })
  }
}
