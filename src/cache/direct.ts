import { checkKey } from '../keys/key.ts'
import type { CacheDeps } from './deps.ts'
import type { Consistency, ResolvedLoadOptions } from './load.ts'
import { runLoader, type Loader } from './run-loader.ts'
import type { ResolvedSetOptions, SetResult } from './set.ts'

/** The reading and writing verbs, as functions of what they work with. */
export interface Verbs {
  readonly get: (deps: CacheDeps, key: string, consistency: Consistency) => Promise<unknown>
  readonly getOrSet: (
    deps: CacheDeps,
    key: string,
    loader: Loader<unknown>,
    options: ResolvedLoadOptions,
  ) => Promise<unknown>
  readonly set: (deps: CacheDeps, key: string, value: unknown, options: ResolvedSetOptions) => Promise<SetResult>
}

/**
 * The verbs of a cache that is switched off: every read asks the source, nothing is kept, no single-flight and no lease
 * stand between. Invalidations are sent all the same, since other processes may have theirs switched on.
 */
export const directVerbs: Verbs = {
  async get(deps, key) {
    told(deps, checkKey(key), deps.clock.monoMs())
    return undefined
  },
  async getOrSet(deps, key, loader, { ttlMs, tags, timeoutMs }) {
    const startedMs = deps.clock.monoMs()
    try {
      return await runLoader(deps, checkKey(key), loader, { ttlMs, tags: new Set(tags) }, timeoutMs)
    } finally {
      told(deps, key, startedMs)
    }
  },
  async set({ log }, key) {
    return { ...(await log.invalidate([`k:${checkKey(key)}`], {})), stored: false }
  },
}

function told({ events, clock }: CacheDeps, key: string, startedMs: number): void {
  events.emit({ type: 'read', key, result: 'bypass', tier: 'none', durationMs: clock.monoMs() - startedMs })
}
