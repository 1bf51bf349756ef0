/**
 * Appends invalidations to the log. From its call until it is marked, an invalidation is pending and covers its targets in
 * this process; so a process reads its own invalidations whatever Redis does. What Redis did not acknowledge stays pending,
 * and is sent before this process serves from Redis again. The answer says which of the two it was.
 */
import type { Emitter } from '../base/emitter.ts'
import { HoldfastError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import type { Stamp } from '../codec/header.ts'
import type { LogKeys } from '../keys/redis-key.ts'
import { kindsOf, type ResolvedTargets, type Target } from '../keys/target.ts'
import type { Journal } from './journal.ts'
import type { Marks } from './marks.ts'
import type { OwnInvalidations, PendingInvalidation } from './own-invalidations.ts'
import { readAppended, type Appended } from './record.ts'
import type { Acknowledge, Replication } from './replication.ts'
import { APPEND } from './scripts.ts'

/** What became of an invalidation. */
export interface InvalidationResult {
  /** Names this invalidation in the log, in events and in the audit trail. */
  readonly id: string
  /** Redis has it: no read that begins later than the bound from now serves what it covers as fresh, in any process. */
  readonly acknowledged: boolean
  /** Redis did not answer. It holds in this process at once, and is sent when Redis answers again. */
  readonly queued: boolean
}

export interface InvalidationNote {
  /** Who invalidated, for the audit trail. */
  readonly by?: string
  /** Why, for the audit trail. */
  readonly reason?: string
  /**
   * `replicated`: acknowledged only when replicas have it too, half of them, rounded up. One that is queued for want of
   * replicas is sent again as the cache acknowledges by itself. @default the cache's `acknowledge`
   */
  readonly acknowledge?: 'primary' | 'replicated'
}

export interface AppenderDeps {
  readonly replication: Replication
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
  readonly keys: LogKeys
  readonly marks: Marks
  readonly own: OwnInvalidations
  /** Missing: what is queued dies with the process. */
  readonly journal: Journal | undefined
  /** The answer came from another epoch than the one that is known here. */
  readonly epochChanged: () => void
}

/** What `set` asks of its append: whether anything of the entry was marked since the set was called. */
export interface SetCheck {
  readonly stamp: Stamp
  readonly targets: readonly Target[]
}

/** How many records the stream keeps; a reader further behind resynchronises from the head. */
export const RECORDS_KEPT = 10_000
const FLUSHED_AT_ONCE = 64
const NO_CHECK: SetCheck = { stamp: { epoch: '', position: 0 }, targets: [] }

export class Appender {
  readonly #deps: AppenderDeps
  readonly #sending = new Map<string, { underWay: number; isTold: boolean }>()

  constructor(deps: AppenderDeps) {
    this.#deps = deps
    for (const left of deps.journal?.left ?? []) deps.own.add(left)
  }

  async invalidate(targets: ResolvedTargets, note: InvalidationNote): Promise<InvalidationResult> {
    const { id, appended } = await this.append(targets, note)
    return { id, acknowledged: appended !== undefined, queued: appended === undefined }
  }

  /** Appends one record; `appended` is missing when Redis did not acknowledge it, and it is queued then. */
  async append(
    targets: ResolvedTargets,
    note: InvalidationNote,
    check: SetCheck = NO_CHECK,
  ): Promise<{ id: string; appended?: Appended }> {
    const { own, random } = this.#deps
    const pending = own.add({ id: random.id(), targets, by: note.by ?? '', reason: note.reason ?? '' })
    try {
      return { id: pending.id, appended: await this.#send(pending, check, note.acknowledge) }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      this.#deps.events.emit({ type: 'error', operation: 'append', error })
      await this.#deps.journal?.keep(pending)
      this.#tell(pending, false)
      return { id: pending.id }
    }
  }

  /** Sends what is not acknowledged yet, oldest first. True when nothing is left that only a resynchronisation settles. */
  async flush(): Promise<boolean> {
    const { own, journal } = this.#deps
    const queued = own.pending().filter((pending) => !pending.acknowledged)
    for (let at = 0; at < queued.length; at += FLUSHED_AT_ONCE) {
      await Promise.all(queued.slice(at, at + FLUSHED_AT_ONCE).map((pending) => this.#send(pending, NO_CHECK)))
    }
    const left = own.pending()
    if (left.every((pending) => pending.acknowledged)) void journal?.clear()
    return !left.some((pending) => pending.acknowledged)
  }

  /** After a resynchronisation: what is in the marks now, or can be marked now, is no longer pending. */
  resynchronised(beganOrder: number): void {
    const { own, marks } = this.#deps
    for (const { id, targets, acknowledged } of own.pending()) {
      if (!acknowledged) continue
      const sameEpoch = acknowledged.epoch === marks.epoch
      if (sameEpoch) marks.mark(targets, acknowledged.position)
      // Acknowledged in another epoch before this scan began: that epoch had ended, and none of its entries is current.
      if (sameEpoch || acknowledged.order < beganOrder) own.settle(id)
    }
  }

  /** A flush may send what is under way already; it is told once. */
  async #send(pending: PendingInvalidation, check: SetCheck, how?: Acknowledge): Promise<Appended> {
    const sending = this.#sending.get(pending.id) ?? { underWay: 0, isTold: false }
    this.#sending.set(pending.id, sending)
    sending.underWay += 1
    try {
      const appended = await this.#sendOnce(pending, check, how)
      if (!sending.isTold) this.#tell(pending, true)
      sending.isTold = true
      return appended
    } finally {
      sending.underWay -= 1
      if (sending.underWay === 0) this.#sending.delete(pending.id)
    }
  }

  async #sendOnce(pending: PendingInvalidation, check: SetCheck, how?: Acknowledge): Promise<Appended> {
    const { replication, keys, marks, own, random, epochChanged } = this.#deps
    const { id, targets, by, reason } = pending
    const [kind, named] = targets === 'all' ? ['all', []] : ['mark', targets]
    const seen = [marks.epoch, marks.applied, random.id()]
    const checked = [check.stamp.position, check.stamp.epoch, JSON.stringify(check.targets)]
    const reply = await replication.run(
      APPEND,
      [keys.head, keys.log, keys.probe],
      [...seen, kind, JSON.stringify(named), id, by, reason, RECORDS_KEPT, ...checked],
      how,
    )
    const appended = readAppended(reply)
    if (appended.epoch === marks.epoch) {
      marks.mark(targets, appended.position)
      own.settle(id)
    } else {
      own.acknowledge(id, appended.epoch, appended.position)
      epochChanged()
    }
    return appended
  }

  #tell({ id, targets, by, reason }: PendingInvalidation, acknowledged: boolean): void {
    this.#deps.events.emit({
      type: 'invalidation',
      id,
      kinds: kindsOf(targets),
      acknowledged,
      ...(by && { by }),
      ...(reason && { reason }),
    })
  }
}
