import type { Connection } from './connection.ts'
import type { ResolvedRedisOptions } from './options.ts'
import type { StreamEntry, StreamReader } from './redis.ts'

/** How long a blocking read may outlive its own blocking time before the connection counts as frozen. */
const GRACE_MS = 1000

/** How long a connection that blocks may be without a byte. Reads must block for less, or each would cost a connection. */
const LONGEST_SILENCE_MS = 5000

/** The options of a connection that is silent by its nature. */
export function forBlockingReads(options: ResolvedRedisOptions): ResolvedRedisOptions {
  return { ...options, commandTimeoutMs: LONGEST_SILENCE_MS, socketTimeoutMs: LONGEST_SILENCE_MS }
}

/** Waits for a stream's next entries, on a connection that nothing else uses. */
export function createStreamReader(connection: Connection): StreamReader {
  return {
    async readAfter(stream, id, blockMs) {
      const reply = await connection.send('XREAD', blockMs + GRACE_MS, (client) =>
        client.xread('COUNT', 256, 'BLOCK', blockMs, 'STREAMS', stream, id),
      )
      return entriesOf(reply)
    },
    close: () => connection.close(),
  }
}

function entriesOf(reply: readonly (readonly [string, readonly StreamEntry[]])[] | null): readonly StreamEntry[] {
  return reply?.[0]?.[1] ?? []
}
