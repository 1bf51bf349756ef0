import type { Random } from '../base/random.ts'
import type { LogKeys } from '../keys/redis-key.ts'
import type { Target } from '../keys/target.ts'
import type { HashPage, RedisCommands } from '../redis/redis.ts'
import { SCAN } from './scripts.ts'

const FIELDS_PER_PAGE = 1000

/** The fields of the head, page by page. Not a snapshot, and a field may come twice. */
export async function* pagesOf(redis: RedisCommands, head: string): AsyncGenerator<HashPage['fields']> {
  let cursor = '0'
  do {
    const page = await redis.scanHash(head, cursor, FIELDS_PER_PAGE)
    yield page.fields
    cursor = page.cursor
  } while (cursor !== '0')
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
}

/**
 * Reads the marks and the floor of the head of one epoch; undefined when another one has begun. What changes meanwhile is
 * seen or not, which is harmless, since it is in the log after the position that was asked for before.
 *
 * Each page is a script that begins as all of the log's do, so it comes from the epoch's primary. A plain HSCAN would not
 * do: during a failover one connection may reach the new primary and another the old one, whose head lacks marks of the new
 * epoch, or names positions that the new one has not come to yet.
 */
export async function scanHead({ redis, random, keys }: ScanDeps, from: ScanFrom): Promise<ScannedHead | undefined> {
  const targets = new Map<Target, number>()
  let floor = 0
  let cursor = '0'
  do {
    const args = [from.epoch, from.position, random.id(), cursor, FIELDS_PER_PAGE]
    const reply = await redis.run(SCAN, [keys.head, keys.log, keys.probe], args)
    const [epoch, next, flat] = reply as readonly [string, string, readonly string[]]
    if (epoch !== from.epoch) return undefined
    for (let at = 0; at + 1 < flat.length; at += 2) {
      const field = flat[at] ?? ''
      const position = Number(flat[at + 1])
      if (field === '@floor') floor = Math.max(floor, position)
      else if (isTarget(field)) targets.set(field, Math.max(targets.get(field) ?? 0, position))
    }
    cursor = next
  } while (cursor !== '0')
  return { floor, targets }
}

/** Whether a field of the head is a mark, and not one of its own. */
export function isTarget(field: string): field is Target {
  return /^[ktpg]:/.test(field)
}
