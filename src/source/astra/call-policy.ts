/**
 * What one call asks of the cache, carried from the call to the fetcher through the client's own code: it has no parameter
 * for it. Whoever makes the call inside `underPolicy` is heard by every request that the call sends.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

import type { Cache } from '../../cache/cache.ts'
import type { AstraReadPolicy } from './options.ts'

export interface CallPolicy {
  readonly cache: Cache
  readonly policy: AstraReadPolicy
  /** Tells that a fetcher has seen the call. */
  readonly heard: () => void
}

const calls = new AsyncLocalStorage<CallPolicy>()

export function underPolicy<T>(call: CallPolicy, work: () => T): T {
  return calls.run(call, work)
}

export function callPolicy(): CallPolicy | undefined {
  return calls.getStore()
}

/** The later policy goes before the earlier; tags add up. */
export function mergePolicies(...policies: readonly (AstraReadPolicy | undefined)[]): AstraReadPolicy {
  const tags = policies.flatMap((policy) => policy?.tags ?? [])
  return { ...Object.assign({}, ...policies), tags }
}
