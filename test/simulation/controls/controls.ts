/**
 * The negative controls: each takes one protection out of the engine, or out of the model's copy of a script, and the oracle
 * must notice. `within` is how many seeds that may take. A protection whose loss it cannot notice says why: what it is for
 * is speed, or another one stands behind it.
 */
import type { Storm } from '../world/storms.ts'
import type { Change } from './patched-source.ts'

export interface Control {
  readonly name: string
  /** What is taken out. */
  readonly without: string
  readonly changes: readonly Change[]
  /** In which kind of runs it is looked for. Missing: in mixed ones. */
  readonly storm?: Storm
  readonly expected: { readonly noticedWithin: number } | { readonly notNoticed: string }
}

const MARKS = 'src/log/marks.ts'
const LOG = 'src/log/log.ts'
const FOLLOWER = 'src/log/follower.ts'
const APPENDER = 'src/log/appender.ts'
const SCRIPTS = 'test/simulation/redis/scripts.ts'
const SHARE = 'src/cache/share-load.ts'
const LOAD = 'src/cache/load.ts'

export const controls: readonly Control[] = [
  {
    name: 'rule',
    without: 'the one rule: every entry of the epoch is current',
    changes: [{ file: MARKS, from: 'return position >= this.#newest && epoch', to: 'return epoch' }],
    expected: { noticedWithin: 20 },
  },
  {
    name: 'stamp-at-start',
    without: 'the stamp is taken when the load ends, not when it begins',
    changes: [{ file: LOAD, from: '    ...start,\n', to: '    ...start,\n    stamp: deps.log.stamp(),\n' }],
    expected: { noticedWithin: 20 },
  },
  {
    name: 'epoch-with-stamp',
    without: 'the epoch is taken when the load ends, the position when it begins',
    changes: [
      {
        file: LOAD,
        from: '    ...start,\n',
        to: "    ...start,\n    stamp: start.stamp && { ...start.stamp, epoch: deps.log.stamp()?.epoch ?? '' },\n",
      },
    ],
    expected: { noticedWithin: 400 },
  },
  {
    name: 'unique-positions',
    without: 'positions that only rise: a clock that is set back gives old ones again',
    changes: [{ file: SCRIPTS, from: 'return Math.max(server.nowUs, position + 1)', to: 'return server.nowUs' }],
    expected: { noticedWithin: 400 },
  },
  {
    name: 'chain',
    without: 'the chain of predecessors: a gap in the log goes unnoticed',
    changes: [{ file: MARKS, from: 'if (record.prev !== this.#applied) return false', to: '' }],
    expected: { noticedWithin: 1000 },
  },
  {
    name: 'joiner',
    without: 'the joiner judges nothing: whoever joins a load has its value',
    changes: [{ file: SHARE, from: 'if (loaded && loaded.order > began.order) return true', to: 'return true' }],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'set-check',
    without: 'set writes whatever was marked since it was called',
    changes: [{ file: LOG, from: 'appended?.unmarked ?', to: 'appended ?' }],
    expected: { noticedWithin: 100 },
  },
  {
    name: 'set-before-start',
    without: 'a set before the first answer of the log is checked against what is known after it',
    changes: [{ file: 'src/cache/set.ts', from: 'sinceEver(log.stamp())', to: 'log.stamp()' }],
    expected: { noticedWithin: 200 },
  },
  {
    name: 'heartbeat-writes',
    without: 'a heartbeat that writes: an old primary that is fenced answers it',
    changes: [{ file: SCRIPTS, from: "  server.write({ op: 'del', keys: [probe] })\n", to: '' }],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'send-time',
    without: 'the lease counts from the answer of a heartbeat, not from its sending',
    changes: [{ file: FOLLOWER, from: 'lease.grant(sent)', to: 'lease.grant({ ...sent, ...instant(clock) })' }],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'both-clocks',
    without: 'ages by the monotonic clock alone: a suspended machine does not age',
    changes: [
      {
        file: 'src/base/clock.ts',
        from: 'return Math.max(clock.monoMs() - moment.monoMs, clock.wallMs() - moment.wallMs)',
        to: 'return clock.monoMs() - moment.monoMs',
      },
      {
        file: 'src/log/freshness-lease.ts',
        from: 'at.monoMs <= this.#endsMonoMs && at.wallMs <= this.#endsWallMs',
        to: 'at.monoMs <= this.#endsMonoMs',
      },
      {
        file: 'src/base/clock.ts',
        from: 'Math.max(later.monoMs - earlier.monoMs, later.wallMs - earlier.wallMs)',
        to: 'later.monoMs - earlier.monoMs',
      },
    ],
    expected: { noticedWithin: 500 },
  },
  {
    name: 'freshness-lease',
    without: 'what was heard once is trusted for ever',
    changes: [
      { file: LOG, from: 'lease.isAfter(since) : lease.holds(at)', to: 'lease.isAfter(since) : true' },
      { file: LOG, from: 'own.hasNoPending &&\n      lease.holds(at)', to: 'own.hasNoPending' },
    ],
    expected: { noticedWithin: 100 },
  },
  {
    name: 'own-load-age',
    without: 'an own load is trusted for ever while the log is not heard',
    changes: [{ file: LOG, from: 'elapsedMs(loaded, at) <= boundMs', to: 'true' }],
    expected: { noticedWithin: 500 },
  },
  {
    name: 'own-load-from-start',
    without: 'the age of an own load counts from its end',
    changes: [
      {
        file: LOAD,
        from: '    ...start,\n',
        to: '    ...start,\n    loaded: { ...start.loaded, ...instant(deps.clock) },\n',
      },
      {
        file: LOAD,
        from: 'import { cachedEntry, type CachedEntry }',
        to: "import { instant } from '../base/clock.ts'\nimport { cachedEntry, type CachedEntry }",
      },
    ],
    expected: { noticedWithin: 1000 },
  },
  {
    name: 'new-epoch',
    without: 'a new primary goes on with the old epoch',
    changes: [{ file: SCRIPTS, from: "hash?.get('@inc') === inc && !isBehind", to: 'true' }],
    expected: { noticedWithin: 500 },
  },
  {
    name: 'replication-id',
    without: 'a new primary is known only by a position behind that of its caller',
    changes: [{ file: SCRIPTS, from: "hash?.get('@inc') === inc &&", to: '' }],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'own-marks',
    without: 'an acknowledged invalidation is not marked by its own process until the log brings it',
    changes: [
      {
        file: APPENDER,
        from: '      marks.mark(targets, appended.position)\n      own.settle(id)',
        to: '      own.settle(id)',
      },
    ],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'newest-known',
    without: 'the quick answer compares with what was applied, own marks ahead of it left out',
    changes: [{ file: MARKS, from: 'return position >= this.#newest', to: 'return position >= this.#applied' }],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'pending-covers',
    without: 'an invalidation that is not acknowledged yet does not hold in its own process',
    changes: [
      { file: LOG, from: "if (own.covers(loaded?.order, reachable)) return 'invalidated'\n      if", to: 'if' },
    ],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'fold-record',
    without: 'a fold does not raise the floor of those who read it',
    changes: [
      {
        file: MARKS,
        from: "if (record.kind === 'fold') this.raiseFloor(record.floor)",
        to: "if (record.kind === 'fold') void 0",
      },
    ],
    storm: 'resync',
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'fold-floor',
    without: 'marks are forgotten without a floor in their place',
    changes: [
      { file: MARKS, from: '    this.#floor = floor\n    this.#newest = Math.max(this.#newest, floor)\n', to: '' },
    ],
    expected: { noticedWithin: 200 },
  },
  {
    name: 'scanned-floor',
    without: 'a resynchronisation does not take the floor over',
    changes: [{ file: MARKS, from: '    this.raiseFloor(head.floor)\n', to: '' }],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'resync-order',
    without: 'the head is scanned before the position is asked for',
    changes: [
      {
        file: FOLLOWER,
        from: `      const { epoch, position } = await this.#askBeat()
      const scanned = await scanHead(this.#deps, { epoch, position })
      if (scanned) return`,
        to: `      const before = await this.#askBeat()
      const scanned = await scanHead(this.#deps, before)
      const { epoch, position } = await this.#askBeat()
      if (scanned) return`,
      },
    ],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'resync-merge',
    without: 'a resynchronisation replaces what is known of the same epoch',
    changes: [{ file: MARKS, from: 'if (head.epoch !== this.#epoch) {', to: '{' }],
    storm: 'resync',
    expected: { noticedWithin: 1000 },
  },
  {
    name: 'scan-on-primary',
    without: 'the head is scanned on whatever server a connection leads to',
    changes: [
      {
        file: SCRIPTS,
        from: `const scan: Body = (server, keys, args) => {
  const { head, epoch } = open(server, keys, args)`,
        to: `const scan: Body = (server, keys, args) => {
  const [head = ''] = keys
  const epoch = String(args[0])`,
      },
    ],
    expected: { noticedWithin: 500 },
  },
  {
    name: 'applied-before-lease',
    without: 'the lease is granted before the records up to the answer are applied',
    changes: [{ file: FOLLOWER, from: 'if (marks.applied >= first.position) {', to: 'if (marks.applied >= 0) {' }],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'beat-brings-records',
    without: 'records that a heartbeat brings are dropped, and its lease kept',
    changes: [
      { file: FOLLOWER, from: "if (!this.#applyAll(beat.records)) return 'gap'", to: '' },
      { file: FOLLOWER, from: 'if (marks.applied >= first.position) {', to: 'if (marks.applied >= 0) {' },
    ],
    expected: { noticedWithin: 200 },
  },
  {
    name: 'outage-queue',
    without: 'what Redis did not acknowledge is not sent again',
    changes: [
      {
        file: APPENDER,
        from: 'const queued = own.pending().filter((pending) => !pending.acknowledged)',
        to: 'const queued: PendingInvalidation[] = []',
      },
    ],
    expected: { noticedWithin: 100 },
  },
  {
    name: 'flush-settles',
    without: 'what was acknowledged in another epoch is forgotten at once',
    changes: [
      {
        file: APPENDER,
        from: '      own.acknowledge(id, appended.epoch, appended.position)\n      epochChanged()',
        to: '      own.settle(id)',
      },
    ],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'tombstone',
    without: 'globs reach nothing',
    changes: [{ file: 'src/log/tombs.ts', from: 'if (this.#newest <= position) return false', to: 'return false' }],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'strict-hears-after',
    without: 'a strict read is answered by a heartbeat that was sent before it',
    changes: [{ file: LOG, from: 'since ? lease.isAfter(since) :', to: 'since ? lease.holds(at) :' }],
    expected: { noticedWithin: 100 },
  },
  {
    name: 'strict-own-load',
    without: 'a strict read is answered by an own load from before it',
    changes: [{ file: LOG, from: 'return since ? loaded.order > since.order :', to: 'return' }],
    expected: { noticedWithin: 100 },
  },
  {
    name: 'expired-is-current',
    without: 'a value in its grace is served without judging it',
    changes: [{ file: 'src/cache/stale.ts', from: "return spare.why === 'expired' && graceMs", to: 'return graceMs' }],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'lease',
    without: 'everyone has the lease of every load',
    changes: [
      {
        file: SCRIPTS,
        from: 'if (held !== null && held !== takeOver) return',
        to: 'if (held === "nobody") return',
      },
    ],
    expected: { noticedWithin: 500 },
  },
  {
    name: 'wait-is-bounded',
    without: 'whoever waits for a load elsewhere waits until it is told of its end',
    changes: [
      {
        file: 'src/cache/fleet.ts',
        from: 'const stop = clock.after(withinMs, () => resolve(undefined))',
        to: 'const stop = (): void => void withinMs',
      },
    ],
    expected: { noticedWithin: 500 },
  },
  {
    name: 'lease-of-another-clock',
    without: 'the lease of a dead process is believed by a server whose clock was set back',
    changes: [{ file: 'src/cache/fleet.ts', from: 'isOfAnotherClock(acquired.lease) || ', to: '' }],
    storm: 'clocks',
    expected: { noticedWithin: 50 },
  },
  {
    name: 'fence',
    without: 'assumption A2: the old primary takes writes after the new one does',
    changes: [
      { file: 'test/simulation/redis/deployment.ts', from: 'const UNFENCED_US = 0', to: 'const UNFENCED_US = 200_000' },
    ],
    expected: { noticedWithin: 500 },
  },
  {
    name: 'fill-owner',
    without: 'a load whose lease was taken over stores its value all the same, and ends the lease of the other',
    changes: [{ file: SCRIPTS, from: "  if (held !== '' && lease !== held) return -1\n", to: '' }],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'sweep-judged',
    without: 'a sweep unlinks an entry that was written since it judged the one before',
    changes: [
      {
        file: 'test/simulation/redis/sweep-scripts.ts',
        from: "  if ((entry?.toString('latin1', 0, headerBytes) ?? '') !== String(judged)) return 0\n",
        to: "  if (String(judged) === '') return 0\n",
      },
    ],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'sweep-hears',
    without: 'a sweep judges entries of an epoch that it has not heard of',
    changes: [
      { file: 'src/log/sweeper.ts', from: 'if (headers.length > 0) await hearAnew()', to: '' },
      { file: 'src/log/sweeper.ts', from: 'return ready() && isLeftBehind', to: 'return isLeftBehind' },
    ],
    expected: { noticedWithin: 2000 },
  },
  {
    name: 'batch-order',
    without: 'every read of a batch gets the first answer of it',
    changes: [
      {
        file: 'src/redis/batcher.ts',
        from: 'resolve(byKey.get(key) ?? null)',
        to: 'resolve(byKey.get(keys[0]) ?? null)',
      },
    ],
    expected: { noticedWithin: 20 },
  },
  {
    name: 'stored-stamp',
    without: 'the codec: a stored entry is read as 50 ms younger than it is',
    changes: [
      {
        file: 'src/codec/header.ts',
        from: 'position: readGroups(bytes, 15, 8) }',
        to: 'position: readGroups(bytes, 15, 8) + 50_000 }',
      },
    ],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'stored-life',
    without: 'the codec: a stored entry is read as fresh for a second longer than it is',
    changes: [
      {
        file: 'src/codec/header.ts',
        from: 'freshUntilMs: readGroups(bytes, 23, 7)',
        to: 'freshUntilMs: readGroups(bytes, 23, 7) + 1000',
      },
    ],
    expected: { noticedWithin: 50 },
  },
  {
    name: 'younger-kept',
    without: 'a slow load overwrites a younger entry in Redis',
    changes: [{ file: SCRIPTS, from: '  if (!isYounger) {', to: '  {' }],
    expected: { noticedWithin: 200 },
  },
  {
    name: 'lease-take-over',
    without: 'a load that began before an invalidation is waited for',
    changes: [
      {
        file: SHARE,
        from: "return verdict === 'fresh' || verdict === 'unheard'",
        to: "return verdict !== 'unverified'",
      },
    ],
    expected: { noticedWithin: 1000 },
  },
]
