/**
 * Keeps the head small for everyone. A process that remembers too much raises its own floor at once (marks.ts), which costs
 * misses in that process only. Here it offers that floor to the whole fleet as a record of the log, and then removes from
 * the head what the floor stands for. Marks leave in no other way: no TTL, and no clock, decides when one may be forgotten.
 */
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import type { LogKeys } from '../keys/redis-key.ts'
import type { RedisCommands } from '../redis/redis.ts'
import type { Marks } from './marks.ts'
import { isTarget, pagesOf } from './scan-head.ts'
import { FOLD, PRUNE } from './scripts.ts'

export interface FoldingDeps {
  readonly redis: RedisCommands
  readonly clock: Clock
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
  readonly keys: LogKeys
  readonly marks: Marks
  readonly ready: () => boolean
  readonly recordsKept: number
  /** How often the floor is offered. @default 10 s */
  readonly everyMs?: number
}

export interface Folding {
  /** Offers this process's floor to the fleet when it is higher; resolves to whether it did. @throws StoreError */
  fold(): Promise<boolean>
  close(): void
}

const INTERVAL_MS = 10_000
const FIELDS_PER_PRUNE = 500

export function startFolding(deps: FoldingDeps): Folding {
  const { redis, clock, random, events, keys, marks, ready, recordsKept, everyMs = INTERVAL_MS } = deps
  let folded = { epoch: '', floor: 0 }
  let closed = false
  let cancel = (): void => undefined

  const fold = async (): Promise<boolean> => {
    const { epoch, floor } = marks
    if (!ready() || floor === 0 || (folded.epoch === epoch && floor <= folded.floor)) return false
    const args = [epoch, marks.applied, random.id(), String(floor), recordsKept]
    const appended = (await redis.run(FOLD, [keys.head, keys.log, keys.probe], args)) === 1
    folded = { epoch, floor }
    if (appended) await prune(floor)
    return appended
  }
  const prune = async (floor: number): Promise<void> => {
    for await (const fields of pagesOf(redis, keys.head)) {
      const old = fields
        .filter(([field, position]) => isTarget(field) && Number(position) <= floor)
        .map(([field]) => field)
      for (let at = 0; at < old.length; at += FIELDS_PER_PRUNE) {
        await redis.run(PRUNE, [keys.head], old.slice(at, at + FIELDS_PER_PRUNE))
      }
    }
  }
  const loop = async (): Promise<void> => {
    try {
      await fold()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      events.emit({ type: 'error', operation: 'fold', error })
    }
    if (!closed) cancel = clock.after(everyMs, () => void loop())
  }
  cancel = clock.after(everyMs, () => void loop())

  return {
    fold,
    close() {
      closed = true
      cancel()
    },
  }
}
