/**
 * The audit trail in Redis: one stream per namespace, capped in length. It has no TTL, so none of the policies that a cache
 * should have (`volatile-…`) evicts it; an `allkeys-` policy may, and the doctor says so. Its key stands outside of what any
 * pattern of an invalidation can name.
 *
 *     hf:{<ns>}:audit   STREAM   a row each: one field `row`, JSON
 */
import type { Redis, Script, StreamEntry } from '../../redis/redis.ts'
import { auditKey } from '../../keys/redis-key.ts'
import type { AuditRow } from '../contract/audit.ts'

/** A row before the stream has given it an id. */
export type AuditEntry = Omit<AuditRow, 'id'>

/** Appends rows. KEYS[1] stream · ARGV[1] the cap, [2…] rows · returns their ids. One script: the cap is kept with each. */
const APPEND: Script = {
  name: 'audit.append',
  lua: `
local ids = {}
for at = 2, #ARGV do
  ids[#ids + 1] = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'row', ARGV[at])
end
return ids
`,
}

/** A page, newest first. KEYS[1] stream · ARGV[1] from, [2] how many */
const PAGE: Script = {
  name: 'audit.page',
  lua: `return redis.call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', ARGV[2])`,
}

export interface AuditStream {
  /** @throws StoreError */
  append(entries: readonly AuditEntry[]): Promise<readonly string[]>
  /** Rows older than `before`, newest first. @throws StoreError */
  page(before: string | undefined, count: number): Promise<readonly AuditRow[]>
}

export function createAuditStream(redis: Pick<Redis, 'run'>, namespace: string, maxRows: number): AuditStream {
  const key = auditKey(namespace)
  return {
    append: async (entries) =>
      (await redis.run(
        APPEND,
        [key],
        [maxRows, ...entries.map((entry) => JSON.stringify(entry))],
      )) as readonly string[],
    async page(before, count) {
      const from = before === undefined ? '+' : `(${before}`
      const entries = (await redis.run(PAGE, [key], [from, count])) as readonly StreamEntry[]
      return entries.flatMap((entry) => readRow(entry) ?? [])
    },
  }
}

function readRow([id, fields]: StreamEntry): AuditRow | undefined {
  try {
    return { ...(JSON.parse(fields[1] ?? '') as AuditEntry), id }
  } catch {
    // Not written by this API: nothing that a person could read.
    return undefined
  }
}
