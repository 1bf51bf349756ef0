/**
 * The invalidations that the log still holds, newest first: who named a key, when and why. For a person who asks; no read
 * depends on it, and what the stream has trimmed away is gone.
 */
import { keyOf, type ResolvedTargets, type Target } from '../keys/target.ts'
import type { RedisCommands, Script, StreamEntry } from '../redis/redis.ts'
import { fieldsOf, readRecord } from './record.ts'
import { Tombs } from './tombs.ts'

/** The newest records. KEYS[1] log · ARGV[1] how many */
const HISTORY: Script = {
  name: 'log.history',
  lua: `return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])`,
}

/** An invalidation as the log remembers it. */
export interface PastInvalidation {
  readonly id: string
  /** Milliseconds since 1970, by the clock of Redis. */
  readonly atMs: number
  readonly position: number
  /** `'all'`, or the targets that it named, each with its kind before it: `k:` key, `t:` tag, `p:` prefix, `g:` glob. */
  readonly targets: ResolvedTargets
  readonly by: string
  readonly reason: string
}

/** The invalidations among the newest `records` that reach any of these targets. @throws StoreError */
export async function readHistory(
  redis: RedisCommands,
  log: string,
  reachable: readonly Target[],
  records = 1000,
): Promise<PastInvalidation[]> {
  const entries = (await redis.run(HISTORY, [log], [records])) as readonly StreamEntry[]
  return entries.flatMap((entry) => {
    const past = readPast(entry)
    return past && reaches(past.targets, reachable) ? [past] : []
  })
}

function readPast(entry: StreamEntry): PastInvalidation | undefined {
  const record = readRecord(entry)
  if (record?.kind !== 'mark') return undefined
  const fields = fieldsOf(entry)
  const text = (name: string): string => fields.get(name) ?? ''
  const { position, targets } = record
  // Positions are microseconds of the server's clock.
  return { id: text('id'), atMs: position / 1000, position, targets, by: text('by'), reason: text('reason') }
}

function reaches(targets: ResolvedTargets, reachable: readonly Target[]): boolean {
  if (targets === 'all' || targets.some((target) => reachable.includes(target))) return true
  const globs = new Tombs()
  for (const target of targets) if (target.startsWith('g:')) globs.add(target, 1)
  return globs.cover(() => keyOf(reachable), 0)
}
