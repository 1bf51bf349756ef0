/**
 * This process's own invalidations, in the order in which they were called. Two questions are answered here: was this own
 * load overtaken by an own invalidation (so that a process always reads its own invalidations), and is an entry covered by
 * one that Redis has not acknowledged yet (so that it holds here even while Redis is away).
 *
 * Orders are numbers of this process only, taken at a call; they are not positions.
 */
import { keyOf, type ResolvedTargets, type Target } from '../keys/target.ts'
import { Tombs } from './tombs.ts'

/** An invalidation that was called and has not become a mark here yet. */
export interface PendingInvalidation {
  readonly id: string
  readonly order: number
  readonly targets: ResolvedTargets
  readonly by: string
  readonly reason: string
  /** Where it stands in the log, once Redis acknowledged it there. */
  readonly acknowledged?: { readonly epoch: string; readonly position: number; readonly order: number }
}

/** Targets remembered one by one; past this many, everything counts as invalidated instead. Never forgotten, only coarser. */
const MAX_REMEMBERED = 10_000
/** More than one call for tens of thousands of keys has on its way. */
const MAX_PENDING_TARGETS = 100_000
const MAX_GLOBS = 64

export class OwnInvalidations {
  #order = 0
  #newest = emptyIndex()
  #pending = new Map<string, PendingInvalidation>()
  #pendingTargets = 0
  // Newest order per target among the pending; undefined when it must be made anew.
  #pendingIndex: OrderIndex | undefined

  get hasNoPending(): boolean {
    return this.#pending.size === 0
  }

  /** Targets remembered, those of pending invalidations included. */
  get size(): number {
    return this.#newest.targets.size + this.#newest.globs.size + this.#pendingTargets
  }

  /** The next number in this process's order of loads and invalidations. */
  nextOrder(): number {
    this.#order += 1
    return this.#order
  }

  add(pending: Omit<PendingInvalidation, 'order'>): PendingInvalidation {
    const added = { ...pending, order: this.nextOrder() }
    this.#remember(added)
    this.#pending.set(added.id, added)
    if (this.#pendingIndex) index(this.#pendingIndex, added)
    this.#pendingTargets += countOf(added)
    if (this.#pending.size > MAX_REMEMBERED || this.#pendingTargets > MAX_PENDING_TARGETS) this.#collapse(added)
    return added
  }

  /** Notes an acknowledgement that cannot become a mark yet, since it belongs to another epoch than the known one. */
  acknowledge(id: string, epoch: string, position: number): void {
    const pending = this.#pending.get(id)
    if (pending) this.#pending.set(id, { ...pending, acknowledged: { epoch, position, order: this.nextOrder() } })
  }

  settle(id: string): void {
    const settled = this.#pending.get(id)
    if (!settled) return
    this.#pending.delete(id)
    this.#pendingTargets -= countOf(settled)
    this.#pendingIndex = undefined
  }

  /** Those not settled, oldest first. */
  pending(): PendingInvalidation[] {
    return [...this.#pending.values()]
  }

  /** Whether an own invalidation of these targets was called after `order`. */
  since(order: number, targets: readonly Target[]): boolean {
    return reaches(this.#newest, order, targets)
  }

  /** Whether a pending invalidation covers an entry. An own load that began after the call has seen what it was about. */
  covers(loadOrder: number | undefined, targets: () => readonly Target[]): boolean {
    if (this.#pending.size === 0) return false
    const pending = (this.#pendingIndex ??= indexOf(this.#pending.values()))
    return reaches(pending, loadOrder ?? 0, targets())
  }

  #remember(invalidation: PendingInvalidation): void {
    const { targets, globs } = this.#newest
    if (targets.size + invalidation.targets.length > MAX_REMEMBERED || globs.size >= MAX_GLOBS) {
      this.#newest = emptyIndex()
      this.#newest.all = invalidation.order
    } else {
      index(this.#newest, invalidation)
    }
  }

  // A long outage must not grow without end: one invalidation of everything says more than ten thousand of something.
  #collapse(last: PendingInvalidation): void {
    // Its id is its own: the last one's append may still be in flight, and its answer must not settle all the others.
    const collapsed = {
      ...last,
      id: `${last.id}-all`,
      targets: 'all',
      reason: `${last.reason} (and others, too many to remember)`,
    } as const
    this.#pending = new Map([[collapsed.id, collapsed]])
    this.#pendingTargets = countOf(collapsed)
    this.#pendingIndex = undefined
  }
}

/** What an invalidation costs to remember. */
const countOf = ({ targets }: PendingInvalidation): number => (targets === 'all' ? 1 : targets.length)

/** The newest order of each target, of each glob, and of everything. */
interface OrderIndex {
  readonly targets: Map<Target, number>
  readonly globs: Tombs
  all: number
}

const emptyIndex = (): OrderIndex => ({ targets: new Map(), globs: new Tombs(), all: 0 })

function indexOf(pending: Iterable<PendingInvalidation>): OrderIndex {
  const made = emptyIndex()
  for (const one of pending) index(made, one)
  return made
}

// Called in rising order, so the last one written is the newest.
function index(into: OrderIndex, { targets, order }: PendingInvalidation): void {
  if (targets === 'all') {
    into.all = order
    return
  }
  for (const target of targets) {
    if (target.startsWith('g:')) into.globs.add(target, order)
    else into.targets.set(target, order)
  }
}

function reaches({ all, globs, targets: newest }: OrderIndex, after: number, targets: readonly Target[]): boolean {
  if (all > after || globs.cover(() => keyOf(targets), after)) return true
  return targets.some((target) => (newest.get(target) ?? 0) > after)
}
