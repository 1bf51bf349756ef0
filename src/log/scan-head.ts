import type { Random } from '../base/random.ts'
import type { LogKeys } from '../keys/redis-key.ts'
import type { Target } from '../keys/target.ts'
import type { HashPage, RedisCommands, Reply } from '../redis/redis.ts'
import { olderHalf, type Marks } from './marks.ts'
import { SCAN } from './scripts.ts'

/** Three milliseconds of Redis: fewer would cost a round trip more each, and a start has a hundred thousand to read. */
const FIELDS_PER_PAGE = 2500

/** The fields of the head, page by page. Not a snapshot, and a field may come twice. */
export async function* pagesOf(redis: RedisCommands, head: string): AsyncGenerator<HashPage['fields']> {
  let next: Promise<HashPage> | undefined = redis.scanHash(head, '0', FIELDS_PER_PAGE)
  while (next) {
    const page: HashPage = await next
    // Redis looks for the next page while this one is read.
    next = page.cursor === '0' ? undefined : redis.scanHash(head, page.cursor, FIELDS_PER_PAGE)
    // Its failure is thrown when it is awaited, if anybody goes on.
    next?.catch(() => undefined)
    yield page.fields
  }
}

/** The marks and the floor of one epoch, as a scan found them. */
export interface ScannedHead {
  readonly floor: number
  readonly targets: ReadonlyMap<Target, number>
}

/** What is known of the log before it is scanned. */
export interface ScanFrom {
  readonly epoch: string
  readonly position: number
}

export interface ScanDeps {
  readonly redis: RedisCommands
  readonly random: Random
  readonly keys: LogKeys
  readonly marks: Pick<Marks, 'maxMarks'>
}

/**
 * Reads the marks and the floor of the head of one epoch, twice `maxMarks` of them at most: of more, the floor stands for the
 * older ones. Undefined when another epoch has begun. What changes meanwhile is seen or not, which is harmless, since it is
 * in the log after the position that was asked for before.
 *
 * Each page is a script that begins as all of the log's do, so it comes from the epoch's primary. A plain HSCAN would not
 * do: during a failover one connection may reach the new primary and another the old one, whose head lacks marks of the new
 * epoch, or names positions that the new one has not come to yet.
 */
export async function scanHead(
  { redis, random, keys, marks: { maxMarks } }: ScanDeps,
  { epoch, position }: ScanFrom,
): Promise<ScannedHead | undefined> {
  const targets = new Map<Target, number>()
  let floor = 0
  const ask = (cursor: string): Promise<Reply> =>
    redis.run(SCAN, [keys.head, keys.log, keys.probe], [epoch, position, random.id(), cursor, FIELDS_PER_PAGE])
  let next: Promise<Reply> | undefined = ask('0')
  while (next) {
    const [pageEpoch, cursor, flat] = (await next) as readonly [string, string, readonly string[]]
    if (pageEpoch !== epoch) return undefined
    next = cursor === '0' ? undefined : ask(cursor)
    next?.catch(() => undefined)
    for (let at = 0; at + 1 < flat.length; at += 2) {
      const field = flat[at] ?? ''
      const marked = Number(flat[at + 1])
      if (field === '@floor') floor = Math.max(floor, marked)
      else if (isTarget(field) && marked > floor && marked > (targets.get(field) ?? 0)) targets.set(field, marked)
    }
    if (targets.size > 2 * maxMarks) {
      floor = Math.max(floor, olderHalf(targets.values()))
      for (const [target, older] of targets) if (older <= floor) targets.delete(target)
    }
  }
  return { floor, targets }
}

/** Whether a field of the head is a mark, and not one of its own. */
export function isTarget(field: string): field is Target {
  return /^[ktpg]:/.test(field)
}
