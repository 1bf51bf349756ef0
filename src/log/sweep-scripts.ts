/** The sweeper's scripts. Each touches one key, or keys of the log's slot, so they run in a cluster as they are. */
import { TAGS_RANGE } from '../codec/header.ts'
import type { Script } from '../redis/redis.ts'

const { headerBytes, lengthFrom } = TAGS_RANGE

/**
 * Takes or keeps the turn to sweep.
 *
 * KEYS[1] who sweeps, [2] `epoch position` up to which it was swept · ARGV[1] token, [2] life in ms, [3] epoch,
 *     [4] the position up to which the caller would sweep
 * Returns 'mine', 'held' by another or in the rest after a sweep, or 'done' when that far was swept already.
 * One script, since two processes must not find it free at once.
 */
export const TURN: Script = {
  name: 'sweep.turn',
  lua: `
local holder = redis.call('GET', KEYS[1])
if holder ~= ARGV[1] then
  local epoch, position = string.match(redis.call('GET', KEYS[2]) or '', '^(%S+) (%d+)$')
  if epoch == ARGV[3] and tonumber(position) >= tonumber(ARGV[4]) then return 'done' end
  if holder then return 'held' end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'mine'
`,
}

/**
 * Notes how far was swept and lets nobody sweep for a while.
 *
 * KEYS as above · ARGV[1] token, [2] rest in ms, [3] epoch, [4] position · returns 1, or 0 when the turn was lost
 */
export const SWEPT: Script = {
  name: 'sweep.swept',
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'rest', 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[3] .. ' ' .. ARGV[4])
return 1
`,
}

/** What stands before the payload. KEYS[1] entry · returns its header and tags, or '' when it is not such an entry. */
export const READ_HEADER: Script = {
  name: 'sweep.read-header',
  lua: `
local header = redis.call('GETRANGE', KEYS[1], 0, ${headerBytes - 1})
if #header < ${headerBytes} then return '' end
local high, middle, low = string.byte(header, ${lengthFrom}, ${lengthFrom + 2})
local length = (high * 128 + middle) * 128 + low
-- Above 0x7f is what no header holds.
if math.max(string.byte(header, 1, -1)) > 127 then return '' end
if length == 0 then return header end
return header .. redis.call('GETRANGE', KEYS[1], ${headerBytes}, ${headerBytes - 1} + length)
`,
}

/**
 * Unlinks an entry if it is still the one that was judged: whoever has filled it since wrote another header.
 *
 * KEYS[1] entry · ARGV[1] the header that was judged · returns 1 when it went
 */
export const UNLINK_JUDGED: Script = {
  name: 'sweep.unlink',
  lua: `
if redis.call('GETRANGE', KEYS[1], 0, ${headerBytes - 1}) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])
`,
}
