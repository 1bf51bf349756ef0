/** What the engine lacks around the log: loads, leases, entries and their way to Redis and back. */
import type { Control } from './control.ts'

const SCRIPTS = 'test/simulation/redis/scripts.ts'
const SHARE = 'src/cache/share-load.ts'
const LOAD = 'src/cache/load.ts'

export const cacheControls: readonly Control[] = [
  {
    name: 'stamp-at-start',
    without: 'the stamp is taken when the load ends, not when it begins',
    changes: [{ file: LOAD, from: '    ...start,\n', to: '    ...start,\n    stamp: deps.log.stamp(),\n' }],
    noticedWithin: 20,
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
    noticedWithin: 400,
  },
  {
    name: 'joiner',
    without: 'the joiner judges nothing: whoever joins a load has its value',
    changes: [{ file: SHARE, from: 'if (loaded && loaded.order > began.order) return true', to: 'return true' }],
    noticedWithin: 50,
  },
  {
    name: 'set-before-start',
    without: 'a set before the first answer of the log is checked against what is known after it',
    changes: [{ file: 'src/cache/set.ts', from: 'sinceEver(log.stamp())', to: 'log.stamp()' }],
    noticedWithin: 200,
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
    noticedWithin: 1000,
  },
  {
    name: 'expired-is-current',
    without: 'a value in its grace is served without judging it',
    changes: [{ file: 'src/cache/stale.ts', from: "return spare.why === 'expired' && graceMs", to: 'return graceMs' }],
    noticedWithin: 50,
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
    noticedWithin: 500,
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
    noticedWithin: 500,
  },
  {
    name: 'lease-of-another-clock',
    without: 'the lease of a dead process is believed by a server whose clock was set back',
    changes: [{ file: 'src/cache/fleet.ts', from: 'isOfAnotherClock(acquired.lease) || ', to: '' }],
    storm: 'clocks',
    noticedWithin: 50,
  },
  {
    name: 'fill-owner',
    without: 'a load whose lease was taken over stores its value all the same, and ends the lease of the other',
    changes: [{ file: SCRIPTS, from: "  if (held !== '' && lease !== held) return -1\n", to: '' }],
    noticedWithin: 2000,
  },
  {
    name: 'batch-order',
    without: 'every read of a batch gets the first answer of it',
    changes: [
      {
        file: 'src/redis/batcher.ts',
        from: 'settle(waiters[at], answers[at])',
        to: 'settle(waiters[at], answers[0])',
      },
    ],
    noticedWithin: 20,
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
    noticedWithin: 50,
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
    noticedWithin: 50,
  },
  {
    name: 'younger-kept',
    without: 'a slow load overwrites a younger entry in Redis',
    changes: [{ file: SCRIPTS, from: '  if (!isYounger) {', to: '  {' }],
    noticedWithin: 200,
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
    noticedWithin: 1000,
  },
]
