/**
 * The invalidation log of a namespace, as the cache uses it: one stream in Redis that every process follows, and one rule.
 *
 *     current(entry)  nothing that it depends on was invalidated after its load began, as far as is known here
 *     fresh(entry)    current, and what is known here is at most the bound old
 *
 * docs/concepts/staleness.md has the argument. The rule judges entries, not servers: it does not matter where an entry was
 * read, only when its load began and how recently this process heard from the log's primary.
 */
import { elapsedMs, instant, type Clock, type Instant } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import type { Stamp } from '../codec/header.ts'
import { logKeys } from '../keys/redis-key.ts'
import { targetsOf, type ResolvedTargets, type Target } from '../keys/target.ts'
import type { BoundState } from '../redis/fence.ts'
import type { Redis } from '../redis/redis.ts'
import { Appender, RECORDS_KEPT, type InvalidationNote, type InvalidationResult } from './appender.ts'
import { startBoundCheck } from './bound-check.ts'
import { startFolding } from './folding.ts'
import { createFleetSwitch } from './fleet-switch.ts'
import { Follower } from './follower.ts'
import { FreshnessLease } from './freshness-lease.ts'
import { startHeartbeat } from './heartbeat.ts'
import { readHistory, type PastInvalidation } from './history.ts'
import type { Journal } from './journal.ts'
import { Marks, type MarkLimits, type Objection } from './marks.ts'
import type { Moment } from './moment.ts'
import { OwnInvalidations } from './own-invalidations.ts'
import { createReplication, type Acknowledge } from './replication.ts'
import { startSweeper, type SweepPace } from './sweeper.ts'
import { startTail } from './tail.ts'

/** What this process knows of the log: for a person who asks. */
export interface LogInspection {
  /** `unready`: what is known may lack records, and nothing stored is served. */
  readonly state: 'ready' | 'unready'
  readonly epoch: string
  /** The position up to which every record is known here. */
  readonly applied: number
  readonly floor: number
  /** Targets and globs remembered. */
  readonly marks: number
  /** Own invalidations that Redis has not acknowledged, or that are not marks here yet. */
  readonly pending: number
  readonly heardMsAgo: number
}

/** What is judged: an entry, with the moment its load began when this process loaded it itself. */
export interface Judged {
  readonly key: string
  readonly tags: readonly string[]
  /** Missing when the log was not ready as the load began: such a value never leaves this process. */
  readonly stamp: Stamp | undefined
  readonly loaded?: Moment | undefined
}

/**
 * `unheard`: current as far as is known, but the log has not been heard from within the bound. `invalidated`: something that
 * it depends on was invalidated after its load began. `unverified`: from another epoch, or nothing is known of the log, so
 * nobody can tell. Only `fresh` may be served as fresh.
 */
export type Verdict = 'fresh' | 'unheard' | 'invalidated' | 'unverified'

export interface InvalidationLog {
  /** Settles when the first attempt to reach the log has ended, either way. */
  readonly started: Promise<void>
  /** The moment of a call or a load. */
  now(): Moment
  /** What a load that begins now is stamped with; undefined when it must not be stored for others. */
  stamp(): Stamp | undefined
  /** Judges an entry by the bound, as of `at`; with `since`, strictly: by what was heard or loaded after that moment. */
  judge(entry: Judged, since?: Moment, at?: Instant): Verdict
  /** Whether {@link judge} says `fresh` by the bound as of `at`: the same, for the path that most reads take. */
  isFresh(entry: Judged, at: Instant): boolean
  /** Whether this process itself invalidated any of an entry's targets after `moment`. */
  ownSince(moment: Moment, key: string, tags: readonly string[]): boolean
  /** How far the log can be trusted, as of `at`: heard within the bound; worth asking; or not answering at the last attempt. */
  standing(at?: Instant): 'heard' | 'silent' | 'unreachable'
  /** Milliseconds since the log's primary is known to have been heard from; Infinity when it is not. */
  heardMsAgo(): number
  /** Hears from the log's primary. @throws StoreError when it cannot */
  hear(): Promise<void>
  /** The same, by a heartbeat that is sent after this call. @throws StoreError */
  hearAnew(): Promise<void>
  invalidate(targets: ResolvedTargets, note: InvalidationNote): Promise<InvalidationResult>
  /** Invalidates a key for a value to be set: its stamp, or undefined when the value must not be written. */
  supersede(
    key: string,
    tags: readonly string[],
    stamp: Stamp | undefined,
    note: InvalidationNote,
  ): Promise<InvalidationResult & { stamp?: Stamp }>
  inspect(): LogInspection
  /** What speaks against an entry here, mark by mark. */
  against(entry: Judged): readonly Objection[]
  /** The invalidations that the log still holds and that reach an entry, newest first. @throws StoreError */
  history(key: string, tags: readonly string[]): Promise<readonly PastInvalidation[]>
  /** Offers this process's floor to the fleet where it is higher; done by itself from time to time. @throws StoreError */
  fold(): Promise<boolean>
  /** Unlinks now what is not current, if no other process does; done by itself after invalidations. @throws StoreError */
  sweep(): Promise<boolean>
  /** Whether the bound holds through a failover of Redis. */
  bound(): BoundState
  /** Whether the fleet caches, as far as is known here. */
  enabled(): boolean
  /** Switches caching on or off: here at once, in every other process as soon as Redis has told it. */
  switchTo(enabled: boolean, note: InvalidationNote): Promise<{ readonly acknowledged: boolean }>
  close(): Promise<void>
}

/** Sizes and times that are fixed in production, and small in a simulation that must reach them. */
export interface LogSettings {
  readonly markLimits?: MarkLimits
  readonly foldEveryMs?: number
  readonly recordsPerBeat?: number
}

export interface LogDeps extends LogSettings {
  readonly redis: Redis
  readonly namespace: string
  readonly clock: Clock
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
  readonly boundMs: number
  readonly heartbeatMs: number
  /** When an invalidation, or a heartbeat, counts. @default 'primary' */
  readonly acknowledge?: Acknowledge
  /** Remembers what is queued; closed with the log. */
  readonly journal?: Journal | undefined
  /** Missing: this process does not sweep. */
  readonly sweep?: SweepPace | undefined
  /** Runs a task when this turn's callbacks have run. */
  readonly defer: (task: () => void) => void
}

export function createLog(deps: LogDeps): InvalidationLog {
  const { redis, namespace, clock, random, events, boundMs, heartbeatMs, markLimits, foldEveryMs, defer } = deps
  const keys = logKeys(namespace)
  const marks = new Marks(markLimits)
  const lease = new FreshnessLease(clock, boundMs)
  const own = new OwnInvalidations()
  const { acknowledge = 'primary', journal } = deps
  const replication = createReplication(redis, acknowledge)
  const boundCheck = startBoundCheck({ clock, events, acknowledge, fence: () => redis.fence() })
  const appender = new Appender({
    replication,
    journal,
    random,
    events,
    keys,
    marks,
    own,
    epochChanged: () => void resynchronise(),
  })
  const fleetSwitch = createFleetSwitch({ redis, random, events, keys, marks })
  const follower = new Follower({
    redis,
    replication,
    clock,
    random,
    events,
    keys,
    marks,
    lease,
    flush: async () => {
      await fleetSwitch.flush()
      return appender.flush()
    },
    fleetSwitch,
    resynchronised(beganOrder) {
      appender.resynchronised(beganOrder)
      void boundCheck.check()
    },
    nextOrder: () => own.nextOrder(),
    recordsPerBeat: deps.recordsPerBeat,
    defer,
  })
  // Its failure shows in the next heartbeat.
  const resynchronise = (): Promise<void> => follower.resynchronise('new-epoch').catch(() => undefined)

  const tail = startTail({
    reader: redis.openStreamReader(),
    clock,
    stream: keys.log,
    position: () => (follower.ready ? marks.applied : undefined),
    follow: (entries) => follower.follow(entries),
  })
  const folding = startFolding({
    redis,
    clock,
    random,
    events,
    keys,
    marks,
    ready: () => follower.ready,
    recordsKept: RECORDS_KEPT,
    ...(foldEveryMs && { everyMs: foldEveryMs }),
  })
  const sweeper =
    deps.sweep &&
    startSweeper({
      redis,
      clock,
      random,
      events,
      namespace,
      keys,
      marks,
      hearAnew: () => follower.hearAnew(),
      ready: () => follower.ready,
      pace: deps.sweep,
    })
  const heartbeat = startHeartbeat({ clock, events, heartbeatMs, hear: () => follower.hear() })

  // Heard from, or loaded, recently enough for a read that began at `since` (strict), or for the bound.
  const isHeard = (since: Moment | undefined, at: Instant): boolean => (since ? lease.isAfter(since) : lease.holds(at))
  const isOwnAndYoung = (loaded: Moment | undefined, since: Moment | undefined, at: Instant): boolean => {
    if (!loaded) return false
    return since ? loaded.order > since.order : elapsedMs(loaded, at) <= boundMs
  }

  const judge = (entry: Judged, since?: Moment, at: Instant = instant(clock)): Verdict => {
    const { stamp, loaded } = entry
    const reachable = (): readonly Target[] => targetsOf(entry.key, entry.tags)
    if (follower.ready && stamp) {
      if (own.covers(loaded?.order, reachable)) return 'invalidated'
      if (!marks.isCurrent(stamp, reachable)) return stamp.epoch === marks.epoch ? 'invalidated' : 'unverified'
      return isHeard(since, at) || isOwnAndYoung(loaded, since, at) ? 'fresh' : 'unheard'
    }
    // Without the log, only an own load is known to be young enough.
    if (!loaded) return own.covers(undefined, reachable) ? 'invalidated' : 'unverified'
    if (own.since(loaded.order, reachable())) return 'invalidated'
    return isOwnAndYoung(loaded, since, at) ? 'fresh' : 'unverified'
  }

  // Most entries are as new as anything that is known, and nothing is pending: no target has to be looked up.
  const isFresh = (entry: Judged, at: Instant): boolean =>
    (entry.stamp !== undefined &&
      marks.isNewest(entry.stamp) &&
      follower.ready &&
      own.hasNoPending &&
      lease.holds(at)) ||
    judge(entry, undefined, at) === 'fresh'

  return {
    started: heartbeat.started,
    now: () => ({ monoMs: clock.monoMs(), wallMs: clock.wallMs(), order: own.nextOrder() }),
    stamp: () => (follower.ready ? marks.stamp() : undefined),
    judge,
    isFresh,
    ownSince: (moment, key, tags) => own.since(moment.order, targetsOf(key, tags)),
    standing: (at = instant(clock)) =>
      follower.ready && lease.holds(at) ? 'heard' : heartbeat.answered() ? 'silent' : 'unreachable',
    heardMsAgo: () => lease.ageMs(),
    hear: () => follower.hear(),
    hearAnew: () => follower.hearAnew(),
    invalidate: (targets, note) => appender.invalidate(targets, note),
    async supersede(key, tags, stamp, note) {
      const targets = targetsOf(key, tags)
      const check = stamp && { stamp, targets }
      const { id, appended } = await appender.append([`k:${key}`], note, check)
      const written = appended?.unmarked ? { stamp: { epoch: appended.epoch, position: appended.position } } : {}
      return { id, acknowledged: appended !== undefined, queued: appended === undefined, ...written }
    },
    inspect: () => ({
      state: follower.ready ? 'ready' : 'unready',
      epoch: marks.epoch,
      applied: marks.applied,
      floor: marks.floor,
      marks: marks.size,
      pending: own.pending().length,
      heardMsAgo: lease.ageMs(),
    }),
    against: ({ key, tags, stamp }) => (stamp ? marks.against(stamp, targetsOf(key, tags)) : []),
    history: (key, tags) => readHistory(redis, keys.log, targetsOf(key, tags)),
    fold: () => folding.fold(),
    sweep: async () => (sweeper ? sweeper.sweep() : false),
    bound: () => boundCheck.state(),
    enabled: () => fleetSwitch.enabled(),
    switchTo: (enabled, note) => fleetSwitch.switchTo(enabled, note),
    async close() {
      heartbeat.close()
      folding.close()
      boundCheck.close()
      sweeper?.close()
      tail.close()
      await journal?.close()
    },
  }
}
