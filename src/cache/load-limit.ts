/**
 * Bounds how many loads of one source are under way at once in this process, and how many wait for their turn. With Redis
 * gone, or after a failover has made the namespace cold, this is what stands between the readers and the source.
 *
 * A load that is begun inside a load takes no place of its own: the outer one holds a place while it waits for the inner
 * one, and were they to compete, enough of them would wait for each other for ever.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

import type { Clock } from '../base/clock.ts'
import { OverloadedError } from '../base/errors.ts'

export interface LoadLimitOptions {
  /** Loads under way at once, in this process. @default 100 */
  readonly maxLoads?: number
  /** Loads that wait for their turn; past that, they are refused. @default 10_000 */
  readonly maxWaiting?: number
}

/** What a load takes along when it asks for its turn. */
export interface Place {
  readonly source: string
  /** 0 when it has something to serve instead, and rather does that than wait. */
  readonly waitMs: number
}

export interface LoadLimits {
  /** Runs a load when its turn has come. @throws OverloadedError when it does not come in time; and what `load` throws */
  run<T>(place: Place, load: () => Promise<T>): Promise<T>
}

export interface LoadLimitDeps {
  readonly clock: Clock
  readonly limitsOf: (source: string) => Required<LoadLimitOptions>
}

/** Inside a load; the caches of a process share it, so that a load of one may read through another. */
const insideLoad = new AsyncLocalStorage<true>()

export function createLoadLimits({ clock, limitsOf }: LoadLimitDeps): LoadLimits {
  const lines = new Map<string, Line>()
  const lineOf = (source: string): Line => {
    const line = lines.get(source) ?? { running: 0, waiting: new Set(), ...limitsOf(source) }
    lines.set(source, line)
    return line
  }
  const enter = async ({ source, waitMs }: Place, line: Line): Promise<void> => {
    if (line.running < line.maxLoads) {
      line.running += 1
      return
    }
    const busy = `${line.running} loads of the source ${JSON.stringify(source)} are under way`
    if (waitMs === 0 || line.waiting.size >= line.maxWaiting) {
      throw new OverloadedError(`${busy} and ${line.waiting.size} wait, as many as maxLoads and maxWaiting allow`)
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    line.waiting.add(resolve)
    const cancel = clock.after(waitMs, () => {
      line.waiting.delete(resolve)
      reject(new OverloadedError(`${busy}, and none of them made room within ${waitMs} ms`))
    })
    try {
      await promise
    } finally {
      cancel()
    }
  }
  const leave = (source: string, line: Line): void => {
    // Who waits longest takes the place over, so that nobody who comes meanwhile slips in.
    for (const next of line.waiting) {
      line.waiting.delete(next)
      return next()
    }
    line.running -= 1
    if (line.running === 0) lines.delete(source)
  }
  return {
    async run(place, load) {
      if (insideLoad.getStore()) return load()
      const line = lineOf(place.source)
      await enter(place, line)
      try {
        return await insideLoad.run(true, load)
      } finally {
        leave(place.source, line)
      }
    },
  }
}

interface Line extends Required<LoadLimitOptions> {
  running: number
  readonly waiting: Set<() => void>
}
