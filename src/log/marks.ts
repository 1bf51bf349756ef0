/**
 * What a process knows of the log: the compacted state of one epoch.
 *
 * Invariant: `applied = p` means that every record of the epoch up to p is in the marks or under the floor. Knowledge of an
 * epoch only grows: marks rise and are never forgotten, except together, by another epoch taking their place.
 * It holds no clock and no connection: it says whether an entry is current as far as is known, not how far that is.
 */
import type { Stamp } from '../codec/entry.ts'
import type { Target } from '../keys/target.ts'
import type { LogRecord } from './record.ts'

/** The head of the log as a scan found it. */
export interface Head {
  readonly epoch: string
  /** A position that the log had reached before the scan began. */
  readonly position: number
  readonly floor: number
  readonly marks: ReadonlyMap<Target, number>
}

export class Marks {
  #epoch = ''
  #applied = 0
  #floor = 0
  // The largest position anywhere in here, own marks ahead of `applied` included: an entry stamped at or after it needs no lookups.
  #newest = 0
  #marks = new Map<Target, number>()

  get epoch(): string {
    return this.#epoch
  }

  get applied(): number {
    return this.#applied
  }

  /**
   * The pair that a load beginning now carries: the newest position known to exist, which the load will have seen. Own
   * marks count, or a process that sets a key twice in a row would take its second value for an older one.
   */
  stamp(): Stamp {
    return { epoch: this.#epoch, position: Math.max(this.#applied, this.#newest) }
  }

  /** Applies the next record. False when it is not the next one: records are missing, or another epoch has begun. */
  apply(record: LogRecord): boolean {
    if (record.epoch !== this.#epoch) return false
    if (record.position <= this.#applied) return true
    if (record.prev !== this.#applied) return false
    this.mark(record.targets, record.position)
    this.#applied = record.position
    return true
  }

  /** Marks targets ahead of the log, as a process does with an invalidation of its own that was acknowledged. */
  mark(targets: 'all' | readonly Target[], position: number): void {
    if (targets === 'all') this.#floor = Math.max(this.#floor, position)
    else for (const target of targets) this.#marks.set(target, Math.max(this.#marks.get(target) ?? 0, position))
    this.#newest = Math.max(this.#newest, position)
  }

  /** Takes in a scanned head: merged into what is known of the same epoch, in place of another one. */
  learn(head: Head): void {
    if (head.epoch !== this.#epoch) {
      this.#epoch = head.epoch
      this.#applied = 0
      this.#floor = 0
      this.#newest = 0
      this.#marks = new Map()
    }
    this.mark('all', head.floor)
    for (const [target, position] of head.marks) this.mark([target], position)
    this.#applied = Math.max(this.#applied, head.position)
  }

  /** The one rule: nothing that this entry depends on was invalidated after its load began, as far as is known. */
  isCurrent(stamp: Stamp, targets: () => readonly Target[]): boolean {
    if (stamp.epoch !== this.#epoch) return false
    if (stamp.position >= this.#newest) return true
    if (stamp.position < this.#floor) return false
    return targets().every((target) => (this.#marks.get(target) ?? 0) <= stamp.position)
  }
}
