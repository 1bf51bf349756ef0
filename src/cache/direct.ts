import { LoaderTimeoutError } from '../base/errors.ts'
import { checkKey } from '../keys/key.ts'
import type { Moment } from '../log/moment.ts'
import type { CachedEntry } from './cached-entry.ts'
import { Content } from './content.ts'
import type { CacheDeps } from './deps.ts'
import { get } from './get.ts'
import { getOrSet } from './get-or-set.ts'
import { getMany, getOrSetMany } from './get-or-set-many.ts'
import { contextOfMany, valueOf } from './load-many.ts'
import type { ResolvedLoadOptions } from './read-options.ts'
import { runLoader, withinTimeout, type Said } from './run-loader.ts'
import { set } from './set.ts'

/** The reading and writing verbs, as functions of what they work with. */
export interface Verbs {
  readonly get: typeof get
  readonly getMany: typeof getMany
  readonly getOrSet: typeof getOrSet
  readonly getOrSetMany: typeof getOrSetMany
  readonly set: typeof set
}

export const cachingVerbs: Verbs = { get, getMany, getOrSet, getOrSetMany, set }

/**
 * The verbs of a cache that is switched off: every read asks the source, nothing is kept, no single-flight, no limit and no
 * lease stand between. Invalidations are sent all the same, since other processes may have theirs switched on.
 */
export const directVerbs: Verbs = {
  async get(deps, key) {
    told(deps, checkKey(key), deps.log.now())
    return undefined
  },
  async getMany(deps, keys) {
    const began = deps.log.now()
    for (const key of keys) told(deps, checkKey(key), began)
    return new Map()
  },
  async getOrSet(deps, key, loader, given, form) {
    const began = deps.log.now()
    const { tags, timeoutMs } = deps.resolve(given, form)
    checkKey(key)
    try {
      const said: Said = { tags: new Set(tags) }
      const value = await runLoader(deps, key, loader, said, timeoutMs)
      loadedDirectly(deps, key, 'ok', began)
      return passing(deps, key, value, began)
    } finally {
      told(deps, key, began)
    }
  },
  async getOrSetMany(deps, keys, loadMany, { tags, timeoutMs }: ResolvedLoadOptions) {
    const began = deps.log.now()
    const said = new Map([...new Set(keys.map(checkKey))].map((key): [string, Said] => [key, { tags: new Set(tags) }]))
    const asked = [...said.keys()]
    try {
      const values = await withinTimeout(deps, `${asked.length} keys`, timeoutMs, (signal) =>
        loadMany(asked, contextOfMany(said, signal)),
      )
      for (const key of asked) loadedDirectly(deps, key, 'ok', began)
      return new Map(asked.map((key) => [key, passing(deps, key, valueOf(values, key), began)]))
    } catch (error) {
      const outcome = error instanceof LoaderTimeoutError ? 'timeout' : 'error'
      for (const key of asked) loadedDirectly(deps, key, outcome, began)
      throw error
    } finally {
      for (const key of asked) told(deps, key, began)
    }
  },
  async set({ log }, key) {
    return { ...(await log.invalidate([`k:${checkKey(key)}`], {})), stored: false }
  },
}

/** An entry that nothing keeps. Values are frozen as ever, so that switching the cache off hides no mistake. */
function passing({ options }: CacheDeps, key: string, value: unknown, loaded: Moment): CachedEntry {
  const content = Content.ofValue(value, options.freeze)
  return { key, tags: [], stamp: undefined, loaded, freshUntilMs: 0, goneAtMs: 0, loadCostMs: 0, content }
}

function told({ events, clock }: CacheDeps, key: string, { monoMs }: Moment): void {
  events.emit({ type: 'read', key, result: 'bypass', tier: 'none', durationMs: clock.monoMs() - monoMs })
}

function loadedDirectly(
  { events, clock, trigger }: CacheDeps,
  key: string,
  outcome: 'ok' | 'error' | 'timeout',
  { monoMs }: Moment,
): void {
  events.emit({ type: 'load', key, outcome, trigger, durationMs: clock.monoMs() - monoMs })
}
