/** What the log lacks: the rule, its positions, its followers, its sweep. */
import type { Control } from './control.ts'

const MARKS = 'src/log/marks.ts'
const LOG = 'src/log/log.ts'
const FOLLOWER = 'src/log/follower.ts'
const APPENDER = 'src/log/appender.ts'
const SCRIPTS = 'test/simulation/redis/scripts.ts'

export const logControls: readonly Control[] = [
  {
    name: 'rule',
    without: 'the one rule: every entry of the epoch is current',
    changes: [{ file: MARKS, from: 'return position >= this.#newest && epoch', to: 'return epoch' }],
    noticedWithin: 20,
  },
  {
    name: 'unique-positions',
    without: 'positions that only rise: a clock that is set back gives old ones again',
    changes: [{ file: SCRIPTS, from: 'return Math.max(server.nowUs, position + 1)', to: 'return server.nowUs' }],
    noticedWithin: 400,
  },
  {
    name: 'chain',
    without: 'the chain of predecessors: a gap in the log goes unnoticed',
    changes: [{ file: MARKS, from: 'if (record.prev !== this.#applied) return false', to: '' }],
    noticedWithin: 1000,
  },
  {
    name: 'set-check',
    without: 'set writes whatever was marked since it was called',
    changes: [{ file: LOG, from: 'appended?.unmarked ?', to: 'appended ?' }],
    noticedWithin: 100,
  },
  {
    name: 'heartbeat-writes',
    without: 'a heartbeat that writes: an old primary that is fenced answers it',
    changes: [{ file: SCRIPTS, from: "  server.write({ op: 'del', keys: [probe] })\n", to: '' }],
    noticedWithin: 2000,
  },
  {
    name: 'send-time',
    without: 'the lease counts from the answer of a heartbeat, not from its sending',
    changes: [{ file: FOLLOWER, from: 'lease.grant(sent)', to: 'lease.grant({ ...sent, ...instant(clock) })' }],
    storm: 'losses',
    noticedWithin: 500,
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
    noticedWithin: 500,
  },
  {
    name: 'freshness-lease',
    without: 'what was heard once is trusted for ever',
    changes: [
      { file: LOG, from: 'lease.isAfter(since) : lease.holds(at)', to: 'lease.isAfter(since) : true' },
      { file: LOG, from: 'own.hasNoPending &&\n      lease.holds(at)', to: 'own.hasNoPending' },
    ],
    noticedWithin: 100,
  },
  {
    name: 'own-load-age',
    without: 'an own load is trusted for ever while the log is not heard',
    changes: [{ file: LOG, from: 'elapsedMs(loaded, at) <= boundMs', to: 'true' }],
    noticedWithin: 500,
  },
  {
    name: 'new-epoch',
    without: 'a new primary goes on with the old epoch',
    changes: [{ file: SCRIPTS, from: "hash?.get('@inc') === inc && !isBehind", to: 'true' }],
    noticedWithin: 500,
  },
  {
    name: 'replication-id',
    without: 'a new primary is known only by a position behind that of its caller',
    changes: [{ file: SCRIPTS, from: "hash?.get('@inc') === inc &&", to: '' }],
    noticedWithin: 2000,
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
    noticedWithin: 50,
  },
  {
    name: 'newest-known',
    without: 'the quick answer compares with what was applied, own marks ahead of it left out',
    changes: [{ file: MARKS, from: 'return position >= this.#newest', to: 'return position >= this.#applied' }],
    noticedWithin: 50,
  },
  {
    name: 'pending-covers',
    without: 'an invalidation that is not acknowledged yet does not hold in its own process',
    changes: [
      { file: LOG, from: "if (own.covers(loaded?.order, reachable)) return 'invalidated'\n      if", to: 'if' },
    ],
    noticedWithin: 50,
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
    noticedWithin: 2000,
  },
  {
    name: 'fold-floor',
    without: 'marks are forgotten without a floor in their place',
    changes: [
      { file: MARKS, from: '    this.#floor = floor\n    this.#newest = Math.max(this.#newest, floor)\n', to: '' },
    ],
    noticedWithin: 200,
  },
  {
    name: 'scanned-floor',
    without: 'a resynchronisation does not take the floor over',
    changes: [{ file: MARKS, from: '    this.raiseFloor(head.floor)\n', to: '' }],
    noticedWithin: 2000,
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
    noticedWithin: 2000,
  },
  {
    name: 'resync-merge',
    without: 'a resynchronisation replaces what is known of the same epoch',
    changes: [{ file: MARKS, from: 'if (head.epoch !== this.#epoch) {', to: '{' }],
    storm: 'resync',
    noticedWithin: 1000,
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
    noticedWithin: 500,
  },
  {
    name: 'applied-before-lease',
    without: 'the lease is granted before the records up to the answer are applied',
    changes: [{ file: FOLLOWER, from: 'if (marks.applied >= first.position) {', to: 'if (marks.applied >= 0) {' }],
    noticedWithin: 2000,
  },
  {
    name: 'beat-brings-records',
    without: 'records that a heartbeat brings are dropped, and its lease kept',
    changes: [
      { file: FOLLOWER, from: "if (!this.#applyAll(beat.records)) return 'gap'", to: '' },
      { file: FOLLOWER, from: 'if (marks.applied >= first.position) {', to: 'if (marks.applied >= 0) {' },
    ],
    noticedWithin: 200,
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
    noticedWithin: 100,
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
    noticedWithin: 2000,
  },
  {
    name: 'tombstone',
    without: 'globs reach nothing',
    changes: [{ file: 'src/log/tombs.ts', from: 'if (this.#newest <= position) return false', to: 'return false' }],
    noticedWithin: 50,
  },
  {
    name: 'strict-hears-after',
    without: 'a strict read is answered by a heartbeat that was sent before it',
    changes: [{ file: LOG, from: 'since ? lease.isAfter(since) :', to: 'since ? lease.holds(at) :' }],
    noticedWithin: 100,
  },
  {
    name: 'strict-own-load',
    without: 'a strict read is answered by an own load from before it',
    changes: [{ file: LOG, from: 'return since ? loaded.order > since.order :', to: 'return' }],
    noticedWithin: 100,
  },
  {
    name: 'fence',
    without: 'assumption A2: the old primary takes writes after the new one does',
    changes: [
      { file: 'test/simulation/redis/deployment.ts', from: 'const UNFENCED_US = 0', to: 'const UNFENCED_US = 200_000' },
    ],
    noticedWithin: 500,
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
    noticedWithin: 2000,
  },
  {
    name: 'sweep-hears',
    without: 'a sweep judges entries of an epoch that it has not heard of',
    changes: [
      { file: 'src/log/sweeper.ts', from: 'if (headers.length > 0) await hearAnew()', to: '' },
      { file: 'src/log/sweeper.ts', from: 'return ready() && isLeftBehind', to: 'return isLeftBehind' },
    ],
    noticedWithin: 2000,
  },
]
