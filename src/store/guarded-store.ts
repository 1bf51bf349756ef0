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

const UNAVAILABLE = { state: 'unavailable' } as const
const ABSENT: Found = { state: 'absent' }

export function guardedStore(store: RedisStore, events: Emitter<HoldfastEvent>): GuardedStore {
  const unavailable = (operation: string, error: unknown): typeof UNAVAILABLE => {
    if (!(error instanceof StoreError)) throw error
    events.emit({ type: 'error', operation, error })
    return UNAVAILABLE
  }
  const guard = async <T>(operation: string, work: () => Promise<T>): Promise<T | typeof UNAVAILABLE> => {
    try {
      return await work()
    } catch (error) {
      return unavailable(operation, error)
    }
  }
  return {
    get: (key) => store.get(key).then(foundOf, (error: unknown) => unavailable('get', error)),
    async fill(...args) {
      const filled = await guard('fill', () => store.fill(...args))
      return typeof filled === 'string' ? filled : filled.state
    },
    acquire: (request) => guard('lease', () => store.acquire(request)),
    peekLease: (key) => guard('lease', () => store.peekLease(key)),
    renew: async (...args) => (await guard('lease', () => store.renew(...args))) === true,
    async giveBack(...args) {
      await guard('lease', () => store.giveBack(...args))
    },
  }
}

function foundOf(bytes: Buffer | null): Found {
  return bytes === null ? ABSENT : { state: 'found', bytes }
}
