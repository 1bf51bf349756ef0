/**
 * L2 that degrades: a failure of Redis becomes "unavailable" and one event, and the reader goes to the source. What is not
 * a failure of Redis is a bug and passes through.
 */
import type { Emitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Acquired, LeaseRequest, LoadEnd, PeekedLease, RedisStore } from './redis-store.ts'

/** `unavailable` is not `absent`: nothing is known of the key. */
export type Found =
  | { readonly state: 'found'; readonly bytes: Buffer }
  | { readonly state: 'absent' }
  | { readonly state: 'unavailable' }

export interface GuardedStore {
  get(key: string): Promise<Found>
  fill(
    key: string,
    entry: Buffer,
    lifeMs: number,
    lease?: string,
  ): Promise<'stored' | 'newer-kept' | 'lease-lost' | 'unavailable'>
  acquire(request: LeaseRequest): Promise<Acquired | { readonly state: 'unavailable' }>
  peekLease(key: string): Promise<PeekedLease | { readonly state: 'unavailable' }>
  /** False when the lease is lost, or Redis does not say. */
  renew(key: string, lease: string, lifeMs: number): Promise<boolean>
  giveBack(key: string, lease: string, end: LoadEnd, keepMs: number): Promise<void>
}

export function guardedStore(store: RedisStore, events: Emitter<HoldfastEvent>): GuardedStore {
  const guard = async <T>(operation: string, work: () => Promise<T>): Promise<T | 'unavailable'> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      events.emit({ type: 'error', operation, error })
      return 'unavailable'
    }
  }
  return {
    async get(key) {
      const bytes = await guard('get', () => store.get(key))
      if (bytes === 'unavailable') return { state: 'unavailable' }
      return bytes === null ? { state: 'absent' } : { state: 'found', bytes }
    },
    fill: (...args) => guard('fill', () => store.fill(...args)),
    async acquire(request) {
      const acquired = await guard('lease', () => store.acquire(request))
      return acquired === 'unavailable' ? { state: 'unavailable' } : acquired
    },
    async peekLease(key) {
      const peeked = await guard('lease', () => store.peekLease(key))
      return peeked === 'unavailable' ? { state: 'unavailable' } : peeked
    },
    renew: async (...args) => (await guard('lease', () => store.renew(...args))) === true,
    async giveBack(...args) {
      await guard('lease', () => store.giveBack(...args))
    },
  }
}
