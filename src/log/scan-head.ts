import type { Target } from '../keys/target.ts'
import type { RedisCommands } from '../redis/redis.ts'

const FIELDS_PER_PAGE = 1000

/**
 * Reads the marks and the floor of the head, page by page. Not a snapshot: what changes meanwhile is seen or not, which is
 * harmless, since it is in the log after the position that was asked for before. A head that is lost meanwhile shows in the
 * next heartbeat, before any lease is granted on what was read here.
 */
export async function scanHead(
  redis: RedisCommands,
  head: string,
): Promise<{ floor: number; targets: Map<Target, number> }> {
  const targets = new Map<Target, number>()
  let floor = 0
  let cursor = '0'
  do {
    const page = await redis.scanHash(head, cursor, FIELDS_PER_PAGE)
    for (const [field, value] of page.fields) {
      if (field === '@floor') floor = Math.max(floor, Number(value))
      else if (!field.startsWith('@'))
        targets.set(field as Target, Math.max(targets.get(field as Target) ?? 0, Number(value)))
    }
    cursor = page.cursor
  } while (cursor !== '0')
  return { floor, targets }
}
