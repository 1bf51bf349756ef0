import { createCache, type Cache, type CacheOptions, type HoldfastEvent } from '../../src/index.ts'
import { fakeClock, type FakeClock } from './fake-clock.ts'

export interface MemoryCache {
  readonly cache: Cache
  readonly clock: FakeClock
  /** A line for each event, in order. */
  readonly transcript: string[]
  /** What the next draws of chance are; 0 unless said. */
  chance: number
}

/** A cache without Redis on a clock that stands still, with a transcript of what it tells. */
export function memoryCache(options: Partial<CacheOptions> = {}): MemoryCache {
  const clock = fakeClock()
  let ids = 0
  const made = { chance: 0 }
  const random = { id: () => `id${(ids += 1)}`, fraction: () => made.chance }
  const cache = createCache({ redis: null, namespace: 'test', clock, random, ...options })
  const transcript: string[] = []
  cache.on((event) => transcript.push(line(event)))
  return Object.assign(made, { cache, clock, transcript })
}

function line(event: HoldfastEvent): string {
  switch (event.type) {
    case 'read':
      return `read ${event.key} ${event.result} ${event.why ?? event.tier}`
    case 'refresh':
      return `refresh ${event.key} ${event.why}`
    case 'shed':
      return `shed ${event.key} ${event.source}`
    case 'load':
      return `load ${event.key} ${event.outcome}`
    case 'load-joined':
      return `joined ${event.key}`
    case 'invalidation':
      return `invalidated ${event.kinds.join('+')}`
    case 'fill':
      return `fill ${event.key} ${event.outcome}`
    case 'error':
      return `error ${event.operation} ${event.error.code}`
    case 'switch':
      return `switch ${event.enabled ? 'on' : 'off'}`
    case 'sweep':
      return `sweep ${event.unlinked}`
    case 'log-state':
      return `log ${event.state}`
  }
}

/** A loader that answers when it is told to. */
export function held<T>() {
  const calls: ((value: T) => void)[] = []
  const failures: ((error: Error) => void)[] = []
  const loader = (): Promise<T> =>
    new Promise((resolve, reject) => {
      calls.push(resolve)
      failures.push(reject)
    })
  return { loader, calls, failures }
}

/** Lets everything run that needs no more time. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
