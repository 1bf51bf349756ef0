/**
 * One load per fleet. Whoever misses a key takes its lease before asking the source; the others wait for the end of that
 * load, woken by a message, and read what it stored, which is judged for them like any entry.
 *
 * The lease saves loads; it protects nothing: safety is the log's rule alone. So every wait is bounded, a lease of a load
 * that began before an invalidation is taken over, and without Redis everyone loads for themselves.
 */
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { Stamp } from '../codec/header.ts'
import type { GuardedStore } from '../store/guarded-store.ts'
import type { HeldLease, LoadEnd } from '../store/redis-store.ts'

/** What came of asking for a key's lease. */
export type Asked =
  | { readonly state: 'mine'; readonly lease: Lease }
  | Held
  /** The source failed for another process lately, and its error is to answer everyone for a while. */
  | { readonly state: 'failed'; readonly message: string }
  /** The load has ended since the asker looked: look again. */
  | { readonly state: 'changed' }
  /** Redis could not be asked. */
  | { readonly state: 'unavailable' }

/** Another process loads, and its load is worth waiting for. One of the two must be called. */
export interface Held {
  readonly state: 'held'
  /** Settles when that load has ended, or its lease has without a word: look again. */
  readonly ended: () => Promise<LoadEnd | undefined>
  readonly leave: () => void
}

/** A lease that this process holds, kept alive until it is given back or a fill ends it. */
export interface Lease {
  readonly value: string
  /** Stops keeping it alive: the fill ends it. */
  stop(): void
  /** Ends it without a fill; a failure answers whoever asks for the lease in the next `keepMs`. */
  giveBack(end: LoadEnd, keepMs: number): Promise<void>
}

/** What a process says when it asks for a lease. */
export interface Asking {
  readonly key: string
  /** What its load will be stamped with. */
  readonly stamp: Stamp
  /** The print of the entry that it has seen in Redis; '' for none, '*' when it does not know. */
  readonly seen: string
  /** Whether the load of another that holds the lease would give what is needed; else the lease is taken over. */
  readonly isWorthWaiting: (lease: HeldLease) => boolean
}

export interface Fleet {
  ask(asking: Asking): Promise<Asked>
  /** A message of the channel on which the ends of loads are told. */
  hear(message: string): void
}

export interface FleetDeps {
  readonly clock: Clock
  readonly random: Random
  readonly store: GuardedStore
  readonly leaseMs: number
}

export function createFleet({ clock, random, store, leaseMs }: FleetDeps): Fleet {
  const waiting = new Map<string, Set<(end: LoadEnd) => void>>()

  const waitFor = (key: string): { ended: (withinMs: number) => Promise<LoadEnd | undefined>; cancel: () => void } => {
    const { promise, resolve } = Promise.withResolvers<LoadEnd | undefined>()
    const waiters = waiting.get(key) ?? new Set()
    waiting.set(key, waiters.add(resolve))
    const cancel = (): void => {
      waiters.delete(resolve)
      if (waiters.size === 0) waiting.delete(key)
    }
    const ended = async (withinMs: number): Promise<LoadEnd | undefined> => {
      const stop = clock.after(withinMs, () => resolve(undefined))
      try {
        return await promise
      } finally {
        stop()
        cancel()
      }
    }
    return { ended, cancel }
  }

  const keepAlive = (key: string, value: string): Lease => {
    let stopped = false
    let cancel = (): void => undefined
    const stop = (): void => {
      stopped = true
      cancel()
    }
    const renew = async (): Promise<void> => {
      const alive = await store.renew(key, value, leaseMs)
      if (alive && !stopped) schedule()
    }
    const schedule = (): void => {
      cancel = clock.after(leaseMs / 3, () => void renew())
    }
    schedule()
    return {
      value,
      stop,
      async giveBack(end, keepMs) {
        stop()
        await store.giveBack(key, value, end, keepMs)
      },
    }
  }

  // None is given for so long, so the server's clock was set back since. Whoever loads under it renews it by the new
  // clock soon; if nobody does, it would outlive its process by as much as the clock lost.
  const isOfAnotherClock = ({ leftMs }: HeldLease): boolean => leftMs > 2 * leaseMs

  return {
    async ask({ key, stamp, seen, isWorthWaiting }) {
      // Listening before asking: the load may end while the answer is on its way.
      const wait = waitFor(key)
      const request = { key, token: random.id(), stamp, lifeMs: leaseMs, seen }
      let acquired = await store.acquire(request)
      if (acquired.state === 'held' && (isOfAnotherClock(acquired.lease) || !isWorthWaiting(acquired.lease))) {
        acquired = await store.acquire({ ...request, takeOver: acquired.lease.value })
      }
      if (acquired.state === 'held') {
        // What holds it after a take-over that came too late may be of another clock too: it is asked about again.
        const forMs = Math.max(1, Math.min(acquired.lease.leftMs, leaseMs))
        return { state: 'held', ended: () => wait.ended(forMs), leave: wait.cancel }
      }
      wait.cancel()
      return acquired.state === 'mine' ? { state: 'mine', lease: keepAlive(key, acquired.value) } : acquired
    },
    hear(message) {
      const end = readEnd(message)
      const waiters = end && waiting.get(end.key)
      if (waiters) for (const wake of waiters) wake(end)
    },
  }
}

/** A message of another version wakes nobody; its waiters are bounded. */
function readEnd(message: string): LoadEnd | undefined {
  try {
    const end: unknown = JSON.parse(message)
    const isEnd = typeof end === 'object' && end !== null && 'key' in end && 'outcome' in end
    return isEnd ? (end as LoadEnd) : undefined
  } catch {
    return undefined
  }
}
