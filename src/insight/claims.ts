/**
 * One message per fleet. Every process watches for itself, and all may see the same alert ring; whoever claims it tells. What
 * is in Redis is who sees it ring and when somebody was told last, so it is resolved when the last process sees it gone, and
 * a process that died is forgotten after a while.
 *
 * While Redis cannot be asked each process tells for itself: two messages of an outage are better than none.
 */
import { StoreError } from '../base/errors.ts'
import { alertKey } from '../keys/redis-key.ts'
import type { Redis, Script } from '../redis/redis.ts'

/** `alone`: Redis did not say, so this process tells for itself. */
export type Claim = 'mine' | 'others' | 'alone'

export interface Claims {
  /** The alert rings here: whether to tell of it. Asked again while it rings, to be counted among those who see it. */
  fire(rule: string): Promise<Claim>
  /** It rings here no more: whether to tell that. */
  resolve(rule: string): Promise<Claim>
  /** Nobody could be told after all: let another process try. */
  release(rule: string): Promise<void>
}

/** A process that has not said so for this long does not see it ring any more. */
const ALIVE_MS = 180_000

/**
 * KEYS[1] the alert · ARGV[1] process, [2] fire, resolve or release, [3] ms after which it is told again, [4] ms after which
 *     a silent process is forgotten
 * Returns 1 when the process is to tell. One script: between asking who was told and noting it, two would tell.
 */
const CLAIM: Script = {
  name: 'alert.claim',
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[2] == 'release' then redis.call('HDEL', KEYS[1], '!told') return 0 end
local told = tonumber(redis.call('HGET', KEYS[1], '!told') or '0')
if ARGV[2] == 'fire' then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], 2 * ARGV[3] + 2 * ARGV[4])
  if told > 0 and now - told < tonumber(ARGV[3]) then return 0 end
  redis.call('HSET', KEYS[1], '!told', string.format('%.0f', now))
  return 1
end
redis.call('HDEL', KEYS[1], ARGV[1])
local cursor = '0'
repeat
  local page = redis.call('HSCAN', KEYS[1], cursor)
  cursor = page[1]
  for at = 1, #page[2], 2 do
    if page[2][at] ~= '!told' and now - tonumber(page[2][at + 1]) < tonumber(ARGV[4]) then return 0 end
  end
until cursor == '0'
redis.call('DEL', KEYS[1])
return told > 0 and 1 or 0
`,
}

export interface ClaimsDeps {
  /** Missing: this process is alone. */
  readonly redis: Pick<Redis, 'run'> | undefined
  readonly namespace: string
  /** Names this process among the others. */
  readonly process: string
  readonly repeatMs: number
}

export function createClaims({ redis, namespace, process, repeatMs }: ClaimsDeps): Claims {
  const ask = async (rule: string, verb: 'fire' | 'resolve' | 'release'): Promise<Claim> => {
    if (!redis) return 'alone'
    try {
      const won = await redis.run(CLAIM, [alertKey(namespace, rule)], [process, verb, repeatMs, ALIVE_MS])
      return won === 1 ? 'mine' : 'others'
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return 'alone'
    }
  }
  return {
    fire: (rule) => ask(rule, 'fire'),
    resolve: (rule) => ask(rule, 'resolve'),
    release: async (rule) => void (await ask(rule, 'release')),
  }
}
