/**
 * Decides from the history alone whether a promise was broken. It knows nothing of epochs, positions or leases.
 *
 *     stale           a read that began more than the bound after an acknowledgement got, as fresh, a value whose load began
 *                     before that invalidation was called
 *     strict-stale    the same for a strict read, with a bound of zero
 *     own-stale       a read got a value whose load began before its own process called an invalidation, before the read
 *     never-loaded    a value of another key, or of no load
 *     expired         a value past its TTL, without being told so
 *     unasked-stale   a value told to be stale of a kind that the read had not asked for
 *     two-loads       in a calm run, two processes loaded a key at once, and nothing had been invalidated
 *     vain-wait       in a calm run, a process waited for a load that it knew to have begun before an invalidation of its own
 *     younger-lost    an entry in Redis was replaced by one whose load was stamped earlier in the same epoch
 *     current-lost    an entry that nothing speaks against was taken out of Redis by a client
 */
import type { At, Invalidation, Load, Read, Value, Violation, ViolationKind } from './history.ts'
import { reaches } from './targets.ts'

export interface Worst {
  /** µs from the acknowledgement to the beginning of the read that was served the older value. */
  readonly us: number
  readonly what: string
}

export interface OracleDeps {
  readonly boundUs: number
  readonly isCalm: boolean
}

/** A fleet needs a moment until every process has heard from the log. */
const STARTED_US = 100_000
/** When every process has heard of an invalidation in a calm run, by its heartbeat at the latest. */
const HEARD_US = 100_000
/** How long what a load gave may be on its way to Redis in a calm run. */
const STORED_US = 10_000

export class Oracle {
  readonly violations: Violation[] = []
  worst: Worst = { us: 0, what: 'nothing stale was served' }
  reads = 0
  readonly #deps: OracleDeps
  readonly #loads: Load[] = []
  readonly #invalidations: Invalidation[] = []

  constructor(deps: OracleDeps) {
    this.#deps = deps
  }

  get invalidations(): readonly Invalidation[] {
    return this.#invalidations
  }

  get loads(): readonly Load[] {
    return this.#loads
  }

  loadBegan(begun: Omit<Load, 'id' | 'freshUntilMs'>): Load {
    const load: Load = { ...begun, id: this.#loads.length, freshUntilMs: Number.POSITIVE_INFINITY }
    if (this.#deps.isCalm && !load.isSet) this.#checkAlone(load)
    this.#loads.push(load)
    return load
  }

  invalidationCalled(invalidation: Invalidation): Invalidation {
    this.#invalidations.push(invalidation)
    return invalidation
  }

  /** A read was answered; `beganWallMs` is when it began by its process's wall clock, if nobody has set that since. */
  answered(read: Read, value: unknown, at: At, beganWallMs: number | undefined): void {
    this.reads += 1
    const load = this.#loads[(value as Partial<Value> | null | undefined)?.load ?? -1]
    if (!load || load.key !== read.key) {
      this.report('never-loaded', at, `${read.process} read ${read.key} and got ${JSON.stringify(value)}`)
      return
    }
    const { staleness, asked } = read
    if (staleness && staleness.why !== 'expired') {
      const isAsked = asked.invalidated || (staleness.why === 'unverified' && asked.unverified)
      if (!isAsked) this.report('unasked-stale', at, `${read.process} read ${read.key} and was told ${staleness.why}`)
      return
    }
    if (staleness && !asked.expired) {
      this.report('unasked-stale', at, `${read.process} read ${read.key} and was told it had expired`)
    }
    if (!staleness && beganWallMs !== undefined && beganWallMs > load.freshUntilMs) {
      this.report('expired', at, `${read.process} read ${read.key}: load ${load.id} had ended its life`)
    }
    this.#checkFresh(read, load, at)
  }

  /**
   * A process began to wait for the load of a key elsewhere a moment ago, and whoever had the lease then has begun to load
   * now. That may have been the process itself: its own load is over, and what it gave on its way. What it invalidated by tag
   * is left out: it may not know the tags.
   */
  waited(process: string, key: string, at: At): void {
    if (!this.#deps.isCalm) return
    // The end of a load is under way for a moment, and its lease with it.
    const isOver = ({ ended }: Load): boolean => ended !== undefined && ended.us < at.us - STORED_US
    const possible = this.#loads.filter((load) => load.key === key && !load.isSet && !isOver(load))
    const known = this.#invalidations.filter(
      (one) =>
        one.process === process && (one.acknowledged?.order ?? Infinity) < at.order && reaches(one.named, key, []),
    )
    const isInVain = possible.every(({ began }) => known.some(({ called }) => called.order > began.order))
    if (possible.length > 0 && isInVain) this.report('vain-wait', at, `${process} waits for a load of ${key}`)
  }

  report(kind: ViolationKind, at: At, what: string): void {
    this.violations.push({ kind, at, what })
  }

  #checkFresh(read: Read, load: Load, at: At): void {
    for (const invalidation of this.#invalidations) {
      const { called, acknowledged, named, process, bindsCaller } = invalidation
      if (load.began.order > called.order || called.order > read.began.order) continue
      if (!reaches(named, load.key, load.tags)) continue
      const what = `${read.process} began to read ${read.key} at ${ms(read.began)} and got load ${load.id} of ${load.process} (began ${ms(load.began)}), invalidated by ${process} at ${ms(called)}${acknowledged ? `, acknowledged at ${ms(acknowledged)}` : ''}`
      if (bindsCaller && process === read.process) this.report('own-stale', at, what)
      if (!acknowledged || acknowledged.order > read.began.order) continue
      const staleUs = read.began.us - acknowledged.us
      if (read.isStrict) this.report('strict-stale', at, what)
      else if (staleUs > this.#deps.boundUs) this.report('stale', at, what)
      else if (staleUs > this.worst.us) this.worst = { us: staleUs, what }
    }
  }

  #checkAlone(load: Load): void {
    const { began, key, process } = load
    if (began.us < STARTED_US) return
    const isUnsettled = (since: At): boolean =>
      this.#invalidations.some(
        ({ called, acknowledged, named }) =>
          (acknowledged ?? called).us > since.us - HEARD_US && reaches(named, key, load.tags),
      )
    const other = this.#loads.find(
      (one) => one.key === key && !one.ended && !one.isSet && one.process !== process && !isUnsettled(one.began),
    )
    if (other) this.report('two-loads', began, `${process} and ${other.process} load ${key} at once`)
  }
}

export function ms({ us }: Pick<At, 'us'>): string {
  return (us / 1000).toFixed(3)
}
