import { instant, type Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import { kindsOf, targetsOf } from '../keys/target.ts'
import type { InvalidationLog } from './log.ts'
import { Marks } from './marks.ts'
import { OwnInvalidations } from './own-invalidations.ts'

export interface LocalLogDeps {
  readonly clock: Clock
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
}

/** The log of a cache without Redis: the same rule, with marks that only this process makes, so there is nothing to hear. */
export function createLocalLog({ clock, random, events }: LocalLogDeps): InvalidationLog {
  const marks = new Marks()
  const own = new OwnInvalidations()
  let position = 0
  let enabled = true
  marks.learn({ epoch: 'memory-only', position, floor: 0, marks: new Map() })

  const invalidate: InvalidationLog['invalidate'] = async (targets, { by, reason }) => {
    const pending = own.add({ id: random.id(), targets, by: by ?? '', reason: reason ?? '' })
    position += 1
    marks.mark(targets, position)
    own.settle(pending.id)
    events.emit({
      type: 'invalidation',
      id: pending.id,
      kinds: kindsOf(targets),
      acknowledged: true,
      ...(by && { by }),
      ...(reason && { reason }),
    })
    return { id: pending.id, acknowledged: true, queued: false }
  }

  return {
    started: Promise.resolve(),
    now: () => ({ ...instant(clock), order: own.nextOrder() }),
    stamp: () => marks.stamp(),
    judge: ({ key, tags, stamp }) =>
      stamp && marks.isCurrent(stamp, () => targetsOf(key, tags)) ? 'fresh' : 'invalidated',
    ownSince: (moment, key, tags) => own.since(moment.order, targetsOf(key, tags)),
    standing: () => 'heard',
    heardMsAgo: () => 0,
    hear: async () => undefined,
    hearAnew: async () => undefined,
    invalidate,
    async supersede(key, _tags, _stamp, note) {
      const result = await invalidate([`k:${key}`], note)
      return { ...result, stamp: marks.stamp() }
    },
    inspect: () => ({
      state: 'ready',
      epoch: marks.epoch,
      applied: position,
      floor: marks.floor,
      marks: marks.size,
      pending: 0,
      heardMsAgo: 0,
    }),
    against: ({ key, tags, stamp }) => (stamp ? marks.against(stamp, targetsOf(key, tags)) : []),
    // Nothing keeps the records themselves.
    history: async () => [],
    fold: async () => false,
    sweep: async () => false,
    // There is nothing that could fail over.
    bound: () => ({ bound: 'held' }),
    enabled: () => enabled,
    async switchTo(on, { by = '', reason = '' }) {
      if (on !== enabled) events.emit({ type: 'switch', enabled: on, by, reason })
      enabled = on
      return { acknowledged: true }
    },
    close: async () => undefined,
  }
}
