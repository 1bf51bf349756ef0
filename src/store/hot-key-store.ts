/**
 * The hottest keys of a fleet, in one text in Redis: every process adds what it saw since it last did, what is there loses
 * half its heat per half-life of the server's clock, and the coldest beyond `keep` leave. Losing it costs a cold start and
 * nothing else, so it may be evicted.
 *
 * KEYS[1] hf:{ns}:hot  STRING  JSON {at: ms of the server, heat: [[key, heat], …]}, hottest first
 */
import { isHoldfastError } from '../base/errors.ts'
import { hotKeysKey } from '../keys/redis-key.ts'
import type { RedisCommands, Script } from '../redis/redis.ts'

export interface HotKeyStoreOptions {
  readonly halfLifeMs: number
  /** Keys kept, at most. */
  readonly keep: number
  /** How long it is kept after the last process added to it. */
  readonly ttlMs: number
}

type Pairs = readonly (readonly [key: string, heat: number])[]

export interface HotKeyStore {
  /** Adds heat; `unavailable` when Redis did not take it. */
  add(pairs: Pairs): Promise<'added' | 'unavailable'>
  /** Hottest first; none when Redis does not answer or holds something else. */
  read(): Promise<Pairs>
}

/**
 * ARGV[1] pairs, JSON · [2] half-life in ms · [3] pairs to keep · [4] TTL in ms. Read, added to and written in one script,
 * so that processes that save at once lose nothing of each other.
 */
const ADD_HEAT: Script = {
  name: 'hot.add',
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known, heat = {}, {}
local function add(list, factor)
  for _, pair in ipairs(list) do
    if type(pair) == 'table' and type(pair[1]) == 'string' and type(pair[2]) == 'number' then
      local key = pair[1]
      if not heat[key] then known[#known + 1] = key end
      heat[key] = (heat[key] or 0) + pair[2] * factor
    end
  end
end

local kept = redis.call('GET', KEYS[1])
local ok, before = pcall(cjson.decode, kept or '')
-- What another version wrote there is written over.
if ok and type(before) == 'table' and type(before.heat) == 'table' and type(before.at) == 'number' then
  add(before.heat, 0.5 ^ (math.max(0, now - before.at) / tonumber(ARGV[2])))
end
add(cjson.decode(ARGV[1]), 1)

table.sort(known, function(a, b) return heat[a] > heat[b] end)
local hottest = {}
for at = 1, math.min(#known, tonumber(ARGV[3])) do hottest[at] = { known[at], heat[known[at]] } end
redis.call('SET', KEYS[1], cjson.encode({ at = now, heat = hottest }), 'PX', ARGV[4])
return #hottest
`,
}

export function createHotKeyStore(
  redis: Pick<RedisCommands, 'get' | 'run'>,
  namespace: string,
  { halfLifeMs, keep, ttlMs }: HotKeyStoreOptions,
): HotKeyStore {
  const key = hotKeysKey(namespace)
  return {
    async add(pairs) {
      if (pairs.length === 0) return 'added'
      try {
        await redis.run(ADD_HEAT, [key], [JSON.stringify(pairs), halfLifeMs, keep, ttlMs])
        return 'added'
      } catch (error) {
        if (!isHoldfastError(error)) throw error
        return 'unavailable'
      }
    },
    async read() {
      try {
        const bytes = await redis.get(key)
        return bytes ? pairsOf(bytes.toString()) : []
      } catch (error) {
        if (!isHoldfastError(error)) throw error
        return []
      }
    },
  }
}

/** What is there may be of another version: whatever is no pair is left out. */
function pairsOf(text: string): Pairs {
  try {
    const { heat } = JSON.parse(text) as { readonly heat?: unknown }
    if (!Array.isArray(heat)) return []
    return heat.filter(
      (pair): pair is [string, number] =>
        Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'number',
    )
  } catch {
    // Not JSON: somebody else's, or cut off. Nothing is known then.
    return []
  }
}
