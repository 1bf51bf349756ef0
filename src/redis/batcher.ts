/**
 * The read batcher: GETs asked in the same turn of the event loop leave together. Measured with ioredis at 100 in flight,
 * one MGET carries about twice what the same GETs pipelined do, and costs Redis less.
 *
 * The batch leaves on `setImmediate`, not in a microtask: in a server each request is a callback of its own, and a
 * microtask would send every read alone.
 */
export type GetMany = (keys: readonly string[]) => Promise<readonly (Buffer | null)[]>

interface Waiting {
  readonly key: string
  readonly resolve: (value: Buffer | null) => void
  readonly reject: (error: unknown) => void
}

/** One MGET must not hold Redis up for everyone else. */
const KEYS_PER_BATCH = 256

export interface BatcherDeps {
  readonly getMany: GetMany
  /** Runs a task when this turn's callbacks have run. */
  readonly defer: (task: () => void) => void
}

export function createBatcher({ getMany, defer }: BatcherDeps): (key: string) => Promise<Buffer | null> {
  let waiting: Waiting[] = []

  const send = (batch: readonly Waiting[]): void => {
    // The same key asked twice is sent once; each caller gets the same bytes, which nobody writes to.
    const keys = [...new Set(batch.map(({ key }) => key))]
    getMany(keys).then(
      (values) => {
        const byKey = new Map(keys.map((key, index) => [key, values[index] ?? null]))
        for (const { key, resolve } of batch) resolve(byKey.get(key) ?? null)
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error)
      },
    )
  }
  const flush = (): void => {
    const batch = waiting
    waiting = []
    for (let at = 0; at < batch.length; at += KEYS_PER_BATCH) send(batch.slice(at, at + KEYS_PER_BATCH))
  }

  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) defer(flush)
      waiting.push({ key, resolve, reject })
    })
}
