/**
 * Waits for the log's next records on a connection of its own, so that an invalidation is known everywhere within about a
 * millisecond. Only speed depends on it: what it misses, a heartbeat brings.
 */
import type { Clock } from '../base/clock.ts'
import type { StreamEntry, StreamReader } from '../redis/redis.ts'

export interface TailDeps {
  readonly reader: StreamReader
  readonly clock: Clock
  readonly stream: string
  /** The position to go on from; undefined while there is none, before the first resynchronisation or during one. */
  readonly position: () => number | undefined
  readonly follow: (entries: readonly StreamEntry[]) => void
}

const BLOCK_MS = 2000
const PAUSE_MS = 100

export function startTail({ reader, clock, stream, position, follow }: TailDeps): { close(): void } {
  let closed = false
  let cancelPause = (): void => undefined

  const step = async (): Promise<void> => {
    const from = position()
    if (from === undefined) return pause()
    try {
      const entries = await reader.readAfter(stream, `${from}-0`, BLOCK_MS)
      if (!closed && entries.length > 0) follow(entries)
    } catch {
      // Heartbeats tell of an unreachable Redis; the tail only tries again.
      await pause()
    }
  }
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(PAUSE_MS, resolve)
      cancelPause = () => {
        cancel()
        resolve()
      }
    })
  const run = async (): Promise<void> => {
    while (!closed) await step()
  }
  void run()

  return {
    close() {
      closed = true
      cancelPause()
      reader.close()
    },
  }
}
