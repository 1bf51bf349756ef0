/**
 * What a process knows of the log: the compacted state of one epoch.
 *
 * Invariant: `applied = p` means that every record of the epoch up to p is in the marks or under the floor. Knowledge of an
 * epoch only grows: marks rise and are never forgotten, except together, by another epoch taking their place.
 * It holds no clock and no connection: it says whether an entry is current as far as is known, not how far that is.
 */
import type { Stamp } from '../codec/header.ts'
import { keyOf, type ResolvedTargets, type Target } from '../keys/target.ts'
import type { LogRecord } from './record.ts'
import { Tombs } from './tombs.ts'

/** The head of the log as a scan found it. */
export interface Head {
  readonly epoch: string
  /** A position that the log had reached before the scan began. */
  readonly position: number
  readonly floor: number
  readonly marks: ReadonlyMap<Target, number>
}

/** How much a process remembers before it folds: raises the floor to where the older half of its marks ends. */
export interface MarkLimits {
  readonly maxMarks: number
  readonly maxGlobs: number
}

/** Why an entry is not current: another epoch has begun, the floor is above its stamp, or a target of it was marked since. */
export type Objection =
  | { readonly kind: 'epoch'; readonly epoch: string }
  | { readonly kind: 'floor'; readonly position: number }
  | { readonly kind: 'mark'; readonly target: Target; readonly position: number }

const DEFAULT_LIMITS: MarkLimits = { maxMarks: 100_000, maxGlobs: 64 }

export class Marks {
  readonly #limits: MarkLimits
  #epoch = ''
  #applied = 0
  #floor = 0
  // The largest position anywhere in here, own marks ahead of `applied` included: an entry stamped at or after it needs no lookups.
  #newest = 0
  #marks = new Map<Target, number>()
  readonly #tombs = new Tombs()
  #leftBehind = 0

  constructor(limits: MarkLimits = DEFAULT_LIMITS) {
    this.#limits = limits
  }

  get epoch(): string {
    return this.#epoch
  }

  get applied(): number {
    return this.#applied
  }

  /** Nothing stamped below it is current. */
  get floor(): number {
    return this.#floor
  }

  /** The newest position at which any number of entries ceased to be current, and not just that of one key. */
  get leftBehind(): number {
    return this.#leftBehind
  }

  /** How many marks it remembers before it folds. */
  get maxMarks(): number {
    return this.#limits.maxMarks
  }

  get size(): number {
    return this.#marks.size + this.#tombs.size
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
    if (record.kind === 'fold') this.raiseFloor(record.floor)
    else if (record.kind === 'mark') this.mark(record.targets, record.position)
    this.#applied = record.position
    return true
  }

  /** Marks targets ahead of the log, as a process does with an invalidation of its own that was acknowledged. */
  mark(targets: ResolvedTargets, position: number): void {
    this.#newest = Math.max(this.#newest, position)
    if (targets === 'all' || targets.some((target) => !target.startsWith('k:')))
      this.#leftBehind = Math.max(this.#leftBehind, position)
    if (targets === 'all') return this.raiseFloor(position)
    for (const target of targets) this.#markOne(target, position)
    this.#foldWhatIsTooMuch()
  }

  /** Raises the floor and forgets the marks that it stands for now. Costs misses, never staleness. */
  raiseFloor(floor: number): void {
    if (floor <= this.#floor) return
    this.#floor = floor
    this.#newest = Math.max(this.#newest, floor)
    this.#tombs.drop(floor)
    for (const [target, position] of this.#marks) if (position <= floor) this.#marks.delete(target)
  }

  /** Takes in a scanned head: merged into what is known of the same epoch, in place of another one. */
  learn(head: Head): void {
    if (head.epoch !== this.#epoch) {
      this.#epoch = head.epoch
      this.#applied = 0
      this.#floor = 0
      this.#newest = 0
      // Whatever other epochs wrote.
      this.#leftBehind = 1
      this.#marks = new Map()
      this.#tombs.clear()
    }
    this.raiseFloor(head.floor)
    // A head may hold a hundred thousand marks, and nobody is served from Redis meanwhile: no detour for each.
    for (const [target, position] of head.marks) {
      this.#newest = Math.max(this.#newest, position)
      if (!target.startsWith('k:')) this.#leftBehind = Math.max(this.#leftBehind, position)
      this.#markOne(target, position)
    }
    this.#foldWhatIsTooMuch()
    this.#applied = Math.max(this.#applied, head.position)
  }

  /** Whether nothing at all was invalidated since, as far as is known: the common case of the one rule. */
  isNewest({ epoch, position }: Stamp): boolean {
    return position >= this.#newest && epoch === this.#epoch
  }

  /** The one rule: nothing that this entry depends on was invalidated after its load began, as far as is known. */
  isCurrent(stamp: Stamp, targets: () => readonly Target[]): boolean {
    if (stamp.epoch !== this.#epoch) return false
    if (this.isNewest(stamp)) return true
    if (stamp.position < this.#floor) return false
    const reachable = targets()
    if (this.#tombs.cover(() => keyOf(reachable), stamp.position)) return false
    return reachable.every((target) => (this.#marks.get(target) ?? 0) <= stamp.position)
  }

  /** What speaks against an entry by the same rule, one by one: for a person who asks. */
  against(stamp: Stamp, targets: readonly Target[]): Objection[] {
    if (stamp.epoch !== this.#epoch) return [{ kind: 'epoch', epoch: this.#epoch }]
    const marks = targets.flatMap((target) => {
      const position = this.#marks.get(target) ?? 0
      return position > stamp.position ? [{ target, position }] : []
    })
    const newer = [...marks, ...this.#tombs.covering(keyOf(targets), stamp.position)]
    const floor: Objection[] = stamp.position < this.#floor ? [{ kind: 'floor', position: this.#floor }] : []
    return [...floor, ...newer.map((mark): Objection => ({ kind: 'mark', ...mark }))]
  }

  #markOne(target: Target, position: number): void {
    if (target.startsWith('g:')) return this.#tombs.add(target, position)
    if (position > this.#floor && position > (this.#marks.get(target) ?? 0)) this.#marks.set(target, position)
  }

  #foldWhatIsTooMuch(): void {
    const { maxMarks, maxGlobs } = this.#limits
    if (this.#marks.size > maxMarks) this.raiseFloor(olderHalf(this.#marks.values()))
    if (this.#tombs.size > maxGlobs) this.raiseFloor(olderHalf(this.#tombs.positions()))
  }
}

/** Where the older half of some positions ends. */
export function olderHalf(positions: Iterable<number>): number {
  const sorted = Float64Array.from(positions).sort()
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 0
}
