/**
 * Frees the memory of entries that can never be served again. Nothing depends on it: what is not current is never served,
 * swept or not, and a slow load may write such an entry a moment after a sweep.
 *
 * It unlinks only what the rule calls not current, by marks that are as complete as a heartbeat sent after the entry was
 * read makes them, and only while the entry is still the one that was judged. One process of the fleet sweeps at a time,
 * page by page with pauses, so that Redis stays responsive; a sweep that a failure broke off goes on where it was.
 */
import { elapsedMs, instant, type Clock, type Instant } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { DecodeError, StoreError } from '../base/errors.ts'
import type { HoldfastEvent } from '../base/events.ts'
import type { Random } from '../base/random.ts'
import { decodeHeader, TAGS_RANGE } from '../codec/header.ts'
import { entryPattern, keyOfEntry, type LogKeys } from '../keys/redis-key.ts'
import { targetsOf } from '../keys/target.ts'
import type { RedisCommands } from '../redis/redis.ts'
import type { Marks } from './marks.ts'
import { READ_HEADER, SWEPT, TURN, UNLINK_JUDGED } from './sweep-scripts.ts'

/** When and how fast is swept. */
export interface SweepPace {
  /** How long after an invalidation of more than keys, in ms. More of them meanwhile are swept with it. */
  readonly afterMs: number
  /** How long after a sweep the next one may begin, in the whole fleet, in ms. */
  readonly everyMs: number
  /** Between two pages, in ms. */
  readonly pauseMs: number
  /** Keys that Redis looks at for a page. */
  readonly keysPerPage: number
}

export interface SweeperDeps {
  readonly redis: RedisCommands
  readonly clock: Clock
  readonly random: Random
  readonly events: Emitter<HoldfastEvent>
  readonly namespace: string
  readonly keys: LogKeys
  readonly marks: Marks
  /** Hears by a heartbeat that is sent after this call. */
  readonly hearAnew: () => Promise<void>
  readonly ready: () => boolean
  readonly pace: SweepPace
}

export interface Sweeper {
  /** Sweeps now if this process gets the turn; resolves to whether it swept to the end. @throws StoreError */
  sweep(): Promise<boolean>
  close(): void
}

/** A sweep that has begun: for what it stands when it ends, and what came of it so far. */
interface Sweep {
  readonly epoch: string
  readonly upTo: number
  readonly began: Instant
  place: string | undefined
  scanned: number
  unlinked: number
}

const TURN_MS = 15_000
/** So many scripts are under way at once: fewer than would keep Redis from answering somebody else in between. */
const AT_ONCE = 50

export function startSweeper(deps: SweeperDeps): Sweeper {
  const { redis, clock, random, events, namespace, keys, marks, hearAnew, ready, pace } = deps
  const token = random.id()
  let done = { epoch: '', position: 0 }
  let current: Sweep | undefined
  let running: Promise<boolean> | undefined
  let closed = false
  const waiting = new Set<() => void>()

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        stop()
        waiting.delete(end)
        resolve()
      }
      const stop = clock.after(ms, end)
      waiting.add(end)
    })

  const turn = async ({ epoch, upTo }: Sweep): Promise<string> =>
    String(await redis.run(TURN, [keys.sweep, keys.swept], [token, TURN_MS, epoch, String(upTo)]))

  const page = async (sweep: Sweep): Promise<void> => {
    const found = await redis.scanKeys(entryPattern(namespace), pace.keysPerPage, sweep.place)
    const headers = await inBatches(found.keys, async (key) => String(await redis.run(READ_HEADER, [key], [])))
    if (headers.length > 0) await hearAnew()
    // Judged in this turn, right after what was heard is applied.
    const gone = found.keys.flatMap((key, index) => {
      const header = headers[index] ?? ''
      return ready() && isLeftBehind(key, header) ? [{ key, header: header.slice(0, TAGS_RANGE.headerBytes) }] : []
    })
    const unlinked = await inBatches(gone, async ({ key, header }) => redis.run(UNLINK_JUDGED, [key], [header]))
    sweep.scanned += found.keys.length
    sweep.unlinked += unlinked.filter((reply) => reply === 1).length
    sweep.place = found.next
  }

  const isLeftBehind = (found: string, bytes: string): boolean => {
    try {
      const { stamp, tags } = decodeHeader(Buffer.from(bytes, 'latin1'))
      return !marks.isCurrent(stamp, () => targetsOf(keyOfEntry(namespace, found), tags))
    } catch (error) {
      // What cannot be read is not judged: another version may read it, and its life ends by itself.
      if (!(error instanceof DecodeError)) throw error
      return false
    }
  }

  const run = async (): Promise<boolean> => {
    const { epoch, leftBehind } = marks
    // One that began in an epoch that has ended would note too much as swept.
    if (current?.epoch !== epoch) {
      current = { epoch, upTo: leftBehind, began: instant(clock), place: undefined, scanned: 0, unlinked: 0 }
    }
    const sweep = current
    const answer = await turn(sweep)
    if (answer === 'done') done = { epoch, position: sweep.upTo }
    if (answer !== 'mine') {
      current = undefined
      return false
    }
    do {
      await page(sweep)
      if (sweep.place !== undefined) await wait(pace.pauseMs)
      if (closed || (await turn(sweep)) !== 'mine') return false
    } while (sweep.place !== undefined)
    current = undefined
    done = { epoch, position: sweep.upTo }
    await redis.run(SWEPT, [keys.sweep, keys.swept], [token, pace.everyMs, epoch, String(sweep.upTo)])
    const { scanned, unlinked, began } = sweep
    events.emit({ type: 'sweep', scanned, unlinked, durationMs: elapsedMs(began, instant(clock)) })
    return true
  }
  const sweep = (): Promise<boolean> => {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }

  const loop = async (): Promise<void> => {
    while (!closed) {
      await wait(pace.afterMs)
      const isDue = done.epoch !== marks.epoch || done.position < marks.leftBehind
      if (closed || !ready() || !isDue) continue
      try {
        // Another process has the turn, or it is too early: asking is cheap, but not worth doing all the time.
        if (!(await sweep()) && !closed) await wait(pace.everyMs / 10)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        events.emit({ type: 'error', operation: 'sweep', error })
        if (!closed) await wait(pace.everyMs / 10)
      }
    }
  }
  void loop()

  return {
    sweep,
    close() {
      closed = true
      for (const end of waiting) end()
    },
  }
}

async function inBatches<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
  }
  return results
}
