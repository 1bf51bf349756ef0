import { setTimeout as wait } from 'node:timers/promises'

export interface Patience {
  /** What is waited for, for the error. */
  readonly what: string
  /** @default 30_000 */
  readonly withinMs?: number
  /** @default 20 */
  readonly everyMs?: number
}

/** Asks again until `ask` gives something; for servers that tell of a change to nobody. An error counts as nothing. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  { what, withinMs = 30_000, everyMs = 20 }: Patience,
): Promise<T> {
  const endMs = performance.now() + withinMs
  for (let last: unknown; ;) {
    try {
      const found = await ask()
      if (found !== undefined) return found
    } catch (error) {
      last = error
    }
    if (performance.now() > endMs) throw new Error(`${what}: not within ${withinMs} ms`, { cause: last })
    await wait(everyMs)
  }
}
