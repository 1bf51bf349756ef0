import { openClient } from './client.ts'
import { failureOf } from './failure.ts'
import type { ResolvedRedisOptions } from './options.ts'
import type { Subscriber } from './redis.ts'

/**
 * A connection of its own that hears the messages of one channel. Messages are hints: those sent while the connection is
 * lost never come, and whoever waits for one waits a bounded time.
 */
export function openSubscriber(
  options: ResolvedRedisOptions,
  channel: string,
  onMessage: (message: string) => void,
): Subscriber {
  const { client, close } = openClient(options, 'holdfast-subscriber', () => undefined)
  client.on('error', () => {
    // Connections that carry commands tell of an unreachable Redis; this one only tries again.
  })
  client.on('ready', () => {
    client.subscribe(channel).catch((error: unknown) => {
      if (failureOf(error) === undefined) throw error
    })
  })
  client.on('message', (_channel: string, message: string) => onMessage(message))
  return { close }
}
