/**
 * One load for many keys. Each key keeps its own flight and its own lease, so that other reads join, wait and judge as they
 * would for a load of that key alone; only the source is asked once for all that fall to this process.
 */
import { LoaderTimeoutError, OverloadedError } from '../base/errors.ts'
import type { RefreshReason } from '../base/events.ts'
import type { CachedEntry } from './cached-entry.ts'
import type { CacheDeps } from './deps.ts'
import type { Lease } from './fleet.ts'
import type { Flight } from './flights.ts'
import { beginLoad, failed, keep, placeOf } from './load.ts'
import { contextOfMany, valueOf, type LoadMany } from './load-many.ts'
import type { NotFound } from './lookup.ts'
import type { Read } from './read.ts'
import { mustPause } from './refresh.ts'
import { withinTimeout, type Said } from './run-loader.ts'
import { askLease, loadAfter } from './share-load.ts'

/** A read that needs a load, with what its lookup found. */
export interface Missing {
  readonly read: Read
  readonly found: NotFound
  /** Of one that is served meanwhile: why it is refreshed. */
  readonly why?: RefreshReason
}

/** `refresh`: nobody waits for it. */
export type BulkHow = { readonly purpose: 'refresh' } | { readonly purpose: 'read'; readonly mayWait: boolean }

interface Turn extends Missing {
  readonly landing: PromiseWithResolvers<CachedEntry | undefined>
  readonly lease?: Lease
}

/** Starts to load those keys that nobody in this process loads; returns the flights of these. */
export function startBulkLoad(
  deps: CacheDeps,
  missing: readonly Missing[],
  loadMany: LoadMany<unknown>,
  how: BulkHow,
): ReadonlyMap<string, Flight> {
  const free = missing.filter(({ read }) => isFree(deps, read, how))
  const turns = free.map(({ read, found, why }): Turn => {
    if (why) deps.events.emit({ type: 'refresh', key: read.key, why })
    return { read, found, landing: Promise.withResolvers() }
  })
  const flights = turns.map(({ read: { key }, landing }) => {
    const flight = deps.flights.start(key, () => landing.promise)
    // Who waits for it hears of its failure; a refresh has nobody.
    flight.catch(ignore)
    return [key, flight] as const
  })
  const trigger = how.purpose === 'refresh' ? 'refresh' : deps.trigger
  if (turns.length > 0) void fly({ ...deps, trigger }, turns, loadMany, how)
  return new Map(flights)
}

function isFree(deps: CacheDeps, read: Read, { purpose }: BulkHow): boolean {
  if (deps.flights.running(read.key)) return false
  if (purpose === 'refresh') return !mustPause(deps, read)
  return deps.failures.recent(read.key, read.options.errorTtlMs) === undefined
}

async function fly(deps: CacheDeps, turns: readonly Turn[], loadMany: LoadMany<unknown>, how: BulkHow): Promise<void> {
  const answers = await Promise.all(turns.map(({ read, found }) => askLease(deps, read, found)))
  const mine: Turn[] = []
  for (const [index, turn] of turns.entries()) {
    const answer = answers[index]
    if (!answer) continue
    if (answer.state === 'mine') mine.push({ ...turn, lease: answer.lease })
    else if (answer.state === 'unavailable') mine.push(turn)
    else if (how.purpose === 'refresh') {
      if (answer.state === 'held') answer.leave()
      deps.elsewhere.note(turn.read.key, answer)
      turn.landing.resolve(undefined)
    } else {
      turn.landing.resolve(loadAfter(deps, turn.read, answer, how.mayWait))
    }
  }
  if (mine.length > 0) await loadTogether(deps, mine, loadMany, how)
}

async function loadTogether(
  deps: CacheDeps,
  turns: readonly Turn[],
  loadMany: LoadMany<unknown>,
  how: BulkHow,
): Promise<void> {
  const [first] = turns
  if (!first) return
  const { options } = first.read
  const said = new Map(turns.map(({ read }): [string, Said] => [read.key, { tags: new Set(options.tags) }]))
  const startedMs = deps.clock.monoMs()
  try {
    await deps.limits.run(placeOf(options, how.purpose !== 'refresh' && how.mayWait), async () => {
      const start = beginLoad(deps)
      const keys = [...said.keys()]
      const values = await withinTimeout(deps, `${keys.length} keys`, options.timeoutMs, (signal) =>
        loadMany(keys, contextOfMany(said, signal)),
      )
      const loadMs = deps.clock.monoMs() - start.loaded.monoMs
      for (const { read, landing, lease } of turns) {
        const loaded = { key: read.key, value: valueOf(values, read.key), start, loadMs }
        landing.resolve(keep(deps, { ...loaded, said: said.get(read.key) ?? { tags: new Set() } }, options, lease))
      }
    })
  } catch (error) {
    const outcome = error instanceof LoaderTimeoutError ? 'timeout' : 'error'
    const durationMs = deps.clock.monoMs() - startedMs
    for (const { read, landing, lease } of turns) {
      if (!(error instanceof OverloadedError))
        deps.events.emit({ type: 'load', key: read.key, outcome, trigger: deps.trigger, durationMs })
      failed(deps, { key: read.key, error }, options, lease)
      landing.reject(error)
    }
  }
}

function ignore(): void {}
