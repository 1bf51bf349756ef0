/**
 * Follows the log: keeps the marks complete and the freshness lease young.
 *
 * Three ways bring records: the tail (a blocking read, typically within a millisecond), heartbeats (which bring what the
 * tail has not, so a frozen tail costs nothing but speed), and a resynchronisation from the head after a gap or in another
 * epoch. Only a heartbeat grants the lease, for the moment it was sent, once all that it answered is applied.
 *
 * While not ready the marks may lack records, and nothing stored is judged current.
 */
import { instant, type Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { StoreError } from '../base/errors.ts'
import type { HoldfastEvent, LogStateReason } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import type { LogKeys } from '../keys/redis-key.ts'
import type { RedisCommands, StreamEntry } from '../redis/redis.ts'
import type { FleetSwitch } from './fleet-switch.ts'
import type { FreshnessLease } from './freshness-lease.ts'
import type { Head, Marks } from './marks.ts'
import { readBeat, readRecord, type Beat } from './record.ts'
import type { Replication } from './replication.ts'
import { scanHead } from './scan-head.ts'
import { BEAT } from './scripts.ts'

export interface FollowerDeps {
  readonly redis: RedisCommands
  readonly replication: Replication
  readonly clock: Clock
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
  readonly keys: LogKeys
  readonly marks: Marks
  readonly lease: FreshnessLease
  /**
   * Sends what is pending; the lease is granted only after it, so that this process never serves from Redis before. False
   * when something acknowledged in another epoch is left, which a resynchronisation settles.
   */
  readonly flush: () => Promise<boolean>
  /** Called when marks of another epoch, or a fresh scan, have taken their place. */
  readonly resynchronised: (beganOrder: number) => void
  /** Takes in what records and heartbeats say of the switch. */
  readonly fleetSwitch: Pick<FleetSwitch, 'heard' | 'found'>
  readonly nextOrder: () => number
  readonly recordsPerBeat?: number | undefined
  /** Runs a task when this turn's callbacks have run. */
  readonly defer: (task: () => void) => void
}

interface State {
  readonly name: 'ready' | 'unready'
  readonly why: LogStateReason
}

/** What one heartbeat brings at most; more come with the next ones. */
const RECORDS_PER_BEAT = 256
// An epoch changes once in a failover; a log that keeps changing is a broken Redis, and its readers go to the source.
const MAX_ATTEMPTS = 3

export class Follower {
  readonly #deps: FollowerDeps
  #state: State = { name: 'unready', why: 'started' }
  #resync: Promise<void> | undefined
  #beat: Promise<void> | undefined
  // A heartbeat that is not sent yet.
  #next: Promise<void> | undefined

  constructor(deps: FollowerDeps) {
    this.#deps = deps
  }

  get ready(): boolean {
    return this.#state.name === 'ready'
  }

  /** Hears from the log's primary, resynchronising first where needed. Callers share one that is under way. */
  hear(): Promise<void> {
    this.#beat ??= this.#hear().finally(() => {
      this.#beat = undefined
    })
    return this.#beat
  }

  /** Hears by a heartbeat that is sent after this call; those who ask in the same turn share it. */
  hearAnew(): Promise<void> {
    this.#next ??= new Promise<void>((resolve) => this.#deps.defer(resolve)).then(() => {
      this.#next = undefined
      return this.#hear()
    })
    return this.#next
  }

  /** Applies records that the tail brought; a gap or another epoch starts a resynchronisation. */
  follow(entries: readonly StreamEntry[]): void {
    if (!this.ready || this.#applyAll(entries)) return
    // In the background: the tail must not wait for it, and the next heartbeat repeats it when it fails.
    this.resynchronise('gap').catch(() => undefined)
  }

  resynchronise(why: LogStateReason): Promise<void> {
    this.#resync ??= this.#resynchronise(why).finally(() => {
      this.#resync = undefined
    })
    return this.#resync
  }

  async #hear(): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      // One that failed is repeated for the reason it began, which its event then names.
      if (!this.ready) await this.resynchronise(this.#state.why)
      const outcome = await this.#heartbeat()
      // An answer from before a resynchronisation grants the lease too: what it says is of the epoch that was read.
      if (outcome === 'heard' && this.ready) return
      if (outcome !== 'heard') await this.resynchronise(outcome)
    }
    throw lostPlace()
  }

  async #heartbeat(): Promise<'heard' | 'new-epoch' | 'gap'> {
    const { marks, clock, flush, lease, nextOrder } = this.#deps
    const sent = { ...instant(clock), order: nextOrder() }
    const first = await this.#askBeat()
    for (let beat = first; ; beat = await this.#askBeat()) {
      if (beat.epoch !== marks.epoch) return 'new-epoch'
      if (!this.#applyAll(beat.records)) return 'gap'
      if (marks.applied >= first.position) {
        if (!(await flush())) return 'new-epoch'
        lease.grant(sent)
        return 'heard'
      }
      // One answer did not hold all of it, so ask for the rest; an empty one means that the rest was trimmed away.
      if (beat.records.length === 0) return 'gap'
    }
  }

  async #resynchronise(why: LogStateReason): Promise<void> {
    const { marks, lease, nextOrder, resynchronised } = this.#deps
    this.#become({ name: 'unready', why })
    lease.revoke()
    const beganOrder = nextOrder()
    marks.learn(await this.#readHead())
    resynchronised(beganOrder)
    this.#become({ name: 'ready', why: why === 'started' ? 'started' : 'resynchronised' })
  }

  async #readHead(): Promise<Head> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      // The position first, then the scan: what is appended in between is in the head or will be applied once more.
      const { epoch, position } = await this.#askBeat()
      const scanned = await scanHead(this.#deps, { epoch, position })
      if (scanned) return { epoch, position, floor: scanned.floor, marks: scanned.targets }
    }
    throw lostPlace()
  }

  #become(state: State): void {
    const changed = state.name !== this.#state.name
    this.#state = state
    if (changed) this.#deps.events.emit({ type: 'log-state', state: state.name, why: state.why })
  }

  async #askBeat(): Promise<Beat> {
    const { replication, keys, marks, random, fleetSwitch, recordsPerBeat = RECORDS_PER_BEAT } = this.#deps
    for (;;) {
      const needed = replication.needed()
      const args = [marks.epoch, marks.applied, random.id(), recordsPerBeat, needed > 0 ? 1 : 0]
      const beat = readBeat(await replication.run(BEAT, [keys.head, keys.log, keys.probe, keys.switch], args))
      replication.saw(beat.replicas)
      fleetSwitch.found(beat.switch)
      // The first one may find more replicas than it waited for.
      if (replication.needed() <= needed) return beat
    }
  }

  #applyAll(entries: readonly StreamEntry[]): boolean {
    return entries.every((entry) => {
      const record = readRecord(entry)
      if (!record || !this.#deps.marks.apply(record)) return false
      if (record.kind === 'switch') this.#deps.fleetSwitch.heard(record.state)
      return true
    })
  }
}

function lostPlace(): StoreError {
  return new StoreError(
    'reply',
    `The invalidation log lost its place ${MAX_ATTEMPTS} times in a row: is Redis failing over, or evicting hf:{…}:head?`,
  )
}
