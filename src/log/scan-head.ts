import type { Target } from '../keys/target.ts'
import type { HashPage, RedisCommands } from '../redis/redis.ts'
import { olderHalf } from './marks.ts'

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

/**
 * Reads the marks and the floor of the head, twice `maxMarks` of them at most: of more, the floor stands for the older ones. What
 * changes meanwhile is seen or not, which is harmless, since it is in the log after the position that was asked for before.
 * A head that is lost meanwhile shows in the next heartbeat, before any lease is granted on what was read here.
 */
export async function scanHead(
  redis: RedisCommands,
  head: string,
  maxMarks: number,
): Promise<{ floor: number; targets: Map<Target, number> }> {
  const targets = new Map<Target, number>()
  let floor = 0
  for await (const fields of pagesOf(redis, head)) {
    for (const [field, value] of fields) {
      const position = Number(value)
      if (field === '@floor') floor = Math.max(floor, position)
      else if (isTarget(field) && position > floor && position > (targets.get(field) ?? 0)) targets.set(field, position)
    }
    if (targets.size > 2 * maxMarks) {
      floor = Math.max(floor, olderHalf(targets.values()))
      for (const [target, position] of targets) if (position <= floor) targets.delete(target)
    }
  }
  return { floor, targets }
}

/** Whether a field of the head is a mark, and not one of its own. */
export function isTarget(field: string): field is Target {
  return /^[ktpg]:/.test(field)
}
