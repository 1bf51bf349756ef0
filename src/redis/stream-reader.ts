import type { Connection } from './connection.ts'
import type { StreamEntry, StreamReader } from './redis.ts'

/** How long a blocking read may outlive its own blocking time before the connection counts as frozen. */
const GRACE_MS = 1000

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
