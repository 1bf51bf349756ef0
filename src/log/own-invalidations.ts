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
const MAX_GLOBS = 64

export class OwnInvalidations {
  #order = 0
  #newest = emptyIndex()
  #pending = new Map<string, PendingInvalidation>()
  // Newest order per target among the pending; undefined when it must be made anew.
  #pendingIndex: OrderIndex | undefined

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
    if (this.#pending.size > MAX_REMEMBERED) this.#collapse(added)
    return added
  }

  /** Notes an acknowledgement that cannot become a mark yet, since it belongs to another epoch than the known one. */
  acknowledge(id: string, epoch: string, position: number): void {
    const pending = this.#pending.get(id)
    if (pending) this.#pending.set(id, { ...pending, acknowledged: { epoch, position, order: this.nextOrder() } })
  }

  settle(id: string): void {
    if (this.#pending.delete(id)) this.#pendingIndex = undefined
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
      reason: `${last.reason} (and ${MAX_REMEMBERED} others queued)`,
    } as const
    this.#pending = new Map([[collapsed.id, collapsed]])
    this.#pendingIndex = undefined
  }
}

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
