import { LoaderTimeoutError } from '../base/errors.ts'
import { checkKey } from '../keys/key.ts'
import type { Moment } from '../log/moment.ts'
import { cachedEntry, type CachedEntry } from './cached-entry.ts'
import { Content, type Form } from './content.ts'
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
    const options = deps.resolve(given, form)
    const { tags, timeoutMs } = options
    checkKey(key)
    try {
      const said: Said = { tags: new Set(tags) }
      const value = await runLoader(deps, key, loader, said, timeoutMs)
      loadedDirectly(deps, key, 'ok', began)
      return passing(deps, { key, value, loaded: began, form: options.form })
    } finally {
      told(deps, key, began)
    }
  },
  async getOrSetMany(deps, keys, loadMany, { tags, timeoutMs, form }: ResolvedLoadOptions) {
    const began = deps.log.now()
    const said = new Map([...new Set(keys.map(checkKey))].map((key): [string, Said] => [key, { tags: new Set(tags) }]))
    const asked = [...said.keys()]
    try {
      const values = await withinTimeout(deps, `${asked.length} keys`, timeoutMs, (signal) =>
        loadMany(asked, contextOfMany(said, signal)),
      )
      for (const key of asked) loadedDirectly(deps, key, 'ok', began)
      return new Map(
        asked.map((key) => [key, passing(deps, { key, value: valueOf(values, key), loaded: began, form })]),
      )
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

interface Passed {
  readonly key: string
  readonly value: unknown
  readonly loaded: Moment
  readonly form: Form
}

/**
 * An entry that nothing keeps. A value is frozen as ever, so that switching the cache off hides no mistake; one that is read
 * as text, and so seen by nobody, is not walked through for it.
 */
function passing({ options, nearHits }: CacheDeps, { key, value, loaded, form }: Passed): CachedEntry {
  const content = Content.ofValue(value, options.freeze && form === 'value')
  const never = { tags: [], stamp: undefined, freshUntilMs: 0, goneAtMs: 0, loadCostMs: 0 }
  return cachedEntry({ key, ...never, loaded, content, tally: nearHits.tallyOf(key) })
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
