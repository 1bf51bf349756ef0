/**
 * L2 that degrades: a failure of Redis becomes "unavailable" and one event, and the reader goes to the source. What is not
 * a failure of Redis is a bug and passes through.
 */
import type { Emitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { RedisStore } from './redis-store.ts'

/** `unavailable` is not `absent`: nothing is known of the key. */
export type Found =
  | { readonly state: 'found'; readonly bytes: Buffer }
  | { readonly state: 'absent' }
  | { readonly state: 'unavailable' }

export interface GuardedStore {
  get(key: string): Promise<Found>
  fill(key: string, entry: Buffer, lifeMs: number): Promise<'stored' | 'newer-kept' | 'unavailable'>
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
    fill: (key, entry, lifeMs) =>
      guard('fill', async () => ((await store.fill(key, entry, lifeMs)) ? 'stored' : 'newer-kept')),
  }
}
