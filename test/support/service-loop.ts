/*
 * What a service does all day, measured: cached reads, and reads and writes of Redis itself, a few of each every few
 * milliseconds, whatever Redis does. Every call is timed from its beginning to its end against its deadline.
 */
import { setTimeout as wait } from 'node:timers/promises'

import type { Cache, Redis, RedisEvent, Script } from '../../src/index.ts'

export interface ServiceLoopOptions {
  readonly redis: Redis
  readonly cache: Cache
  /** A key of Redis in the slot that the drill is about. */
  readonly key?: string
  /** The deadline of `redis`, in ms. @default 250 */
  readonly deadlineMs?: number
  /** @default 5 */
  readonly everyMs?: number
}

export interface LoopReport {
  readonly calls: number
  readonly failedCalls: number
  /** Cached reads that were not answered with a value. None is expected, ever. */
  readonly failedReads: number
  /** How much longer than its deadline a call of Redis took, at worst; below zero: none did. */
  readonly worstOverrunMs: number
  readonly worstReadMs: number
  /** The longest time by which the loop's own timer was late: what of the above is this machine's doing. */
  readonly worstTimerDelayMs: number
  readonly unhandledRejections: number
  /** How often each kind of event was told: `command-failed connection`, `breaker open`, … */
  readonly events: Readonly<Record<string, number>>
}

export interface ServiceLoop {
  /** Resolves with the time until the next write that begins after this call and is acknowledged, in ms. */
  goodWrite(): Promise<number>
  /** Ends the loop; resolves when every call of it has ended. */
  stop(): Promise<LoopReport>
}

const WRITE: Script = { name: 'loop.write', lua: "return redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000)" }
const KEYS_READ = 1000

export function startServiceLoop(options: ServiceLoopOptions): ServiceLoop {
  const { redis, cache, key = 'hf:loop:{loop}', deadlineMs = 250, everyMs = 5 } = options
  const tally = new Tally()
  const stopListening = redis.on((event) => tally.heard(event))
  const onRejection = (): void => void (tally.unhandledRejections += 1)
  process.on('unhandledRejection', onRejection)
  const pending = new Set<Promise<void>>()
  const written = new Set<(beganMs: number) => void>()
  let running = true
  let turn = 0

  const start = (call: Promise<void>): void => {
    pending.add(call)
    void call.finally(() => pending.delete(call))
  }
  const command = async (work: () => Promise<unknown>, onGood?: (beganMs: number) => void): Promise<void> => {
    const beganMs = performance.now()
    try {
      await work()
      onGood?.(beganMs)
    } catch {
      tally.failedCalls += 1
    }
    tally.called(performance.now() - beganMs - deadlineMs)
  }
  const read = async (value: string): Promise<void> => {
    const beganMs = performance.now()
    try {
      if ((await cache.getOrSet(value, () => value)) !== value) tally.failedReads += 1
    } catch {
      tally.failedReads += 1
    }
    tally.worstReadMs = Math.max(tally.worstReadMs, performance.now() - beganMs)
  }
  const loop = async (): Promise<void> => {
    while (running) {
      const dueMs = performance.now() + everyMs
      turn += 1
      start(read(`key-${turn % KEYS_READ}`))
      start(command(() => redis.get(key)))
      start(
        command(
          () => redis.run(WRITE, [key], [turn]),
          (beganMs) => written.forEach((tell) => tell(beganMs)),
        ),
      )
      await wait(everyMs)
      tally.worstTimerDelayMs = Math.max(tally.worstTimerDelayMs, performance.now() - dueMs)
    }
  }
  const looping = loop()

  return {
    goodWrite() {
      const sinceMs = performance.now()
      return new Promise((resolve) => {
        const tell = (beganMs: number): void => {
          if (beganMs < sinceMs) return
          written.delete(tell)
          resolve(performance.now() - sinceMs)
        }
        written.add(tell)
      })
    },
    async stop() {
      running = false
      await looping
      await Promise.all(pending)
      process.off('unhandledRejection', onRejection)
      stopListening()
      return tally.report()
    },
  }
}

class Tally {
  calls = 0
  failedCalls = 0
  failedReads = 0
  worstOverrunMs = Number.NEGATIVE_INFINITY
  worstReadMs = 0
  worstTimerDelayMs = 0
  unhandledRejections = 0
  readonly #events = new Map<string, number>()

  called(overrunMs: number): void {
    this.calls += 1
    this.worstOverrunMs = Math.max(this.worstOverrunMs, overrunMs)
  }

  heard(event: RedisEvent): void {
    const name = nameOf(event)
    this.#events.set(name, (this.#events.get(name) ?? 0) + 1)
  }

  report(): LoopReport {
    const { calls, failedCalls, failedReads, worstOverrunMs, worstReadMs, worstTimerDelayMs, unhandledRejections } =
      this
    const events = Object.fromEntries([...this.#events].sort(([left], [right]) => left.localeCompare(right)))
    const times = { worstOverrunMs, worstReadMs, worstTimerDelayMs }
    return { calls, failedCalls, failedReads, ...times, unhandledRejections, events }
  }
}

function nameOf(event: RedisEvent): string {
  switch (event.type) {
    case 'command-failed':
    case 'connection-lost':
    case 'survived':
      return `${event.type} ${event.failure}`
    case 'breaker':
      return `breaker ${event.to}`
    case 'health':
      return `health ${event.health.state}`
    case 'connection-ready':
      return event.type
  }
}
