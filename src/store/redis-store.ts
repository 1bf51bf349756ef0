/**
 * L2: encoded entries in Redis. It reads and writes; whether an entry may be served is the log's rule, and whether Redis
 * may be asked is the caller's. Every entry has a life in Redis, so that what nobody reads any more leaves by itself.
 */
import { STAMP_RANGE } from '../codec/entry.ts'
import { entryKey } from '../keys/redis-key.ts'
import type { RedisCommands, Script } from '../redis/redis.ts'

const { start, end, epochFrom, epochTo, positionFrom, positionTo } = STAMP_RANGE

/**
 * Writes an entry unless the stored one is of the same epoch and a younger load.
 *
 * KEYS[1] entry · ARGV[1] the new entry, ARGV[2] its life in ms · returns 1 when written
 * One script, since between a read and a write a younger entry could come.
 */
const FILL: Script = {
  name: 'entry.fill',
  lua: `
local existing = redis.call('GETRANGE', KEYS[1], ${start}, ${end})
local function epoch(entry) return string.sub(entry, ${epochFrom}, ${epochTo}) end
local function position(entry) return string.sub(entry, ${positionFrom}, ${positionTo}) end
if #existing == ${end + 1} and epoch(existing) == epoch(ARGV[1]) and position(existing) > position(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
}

export interface RedisStore {
  get(key: string): Promise<Buffer | null>
  /** False when a younger entry was there and is kept. */
  fill(key: string, entry: Buffer, lifeMs: number): Promise<boolean>
}

export function createRedisStore(redis: RedisCommands, namespace: string): RedisStore {
  return {
    get: (key) => redis.get(entryKey(namespace, key)),
    fill: async (key, entry, lifeMs) =>
      (await redis.run(FILL, [entryKey(namespace, key)], [entry, Math.max(1, Math.ceil(lifeMs))])) === 1,
  }
}
