import type { Target } from '../keys/target.ts'
import type { HashPage, RedisCommands } from '../redis/redis.ts'

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

/**
 * Reads the marks and the floor of the head. What changes meanwhile is seen or not, which is harmless, since it is in the
 * log after the position that was asked for before. A head that is lost meanwhile shows in the next heartbeat, before any
 * lease is granted on what was read here.
 */
export async function scanHead(
  redis: RedisCommands,
  head: string,
): Promise<{ floor: number; targets: Map<Target, number> }> {
  const targets = new Map<Target, number>()
  let floor = 0
  for await (const fields of pagesOf(redis, head)) {
    for (const [field, value] of fields) {
      if (field === '@floor') floor = Math.max(floor, Number(value))
      else if (isTarget(field)) targets.set(field, Math.max(targets.get(field) ?? 0, Number(value)))
    }
  }
  return { floor, targets }
}

/** Whether a field of the head is a mark, and not one of its own. */
export function isTarget(field: string): field is Target {
  return /^[ktpg]:/.test(field)
}
