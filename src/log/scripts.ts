/**
 * The log's scripts. Those that read or write the log begin with `open`, so nothing is ever read from or written to a server that is not the
 * primary, and no epoch ever spans two primaries, a restart, or a loss of the head.
 *
 * KEYS[1] head  HASH    @epoch @inc @pos @floor @glob (newest glob), and k:… t:… p:… g:… → position of the target's
 *                       newest invalidation
 * KEYS[2] log   STREAM  id `position-0`, fields epoch prev kind targets id by reason
 * KEYS[3] probe         never exists
 * KEYS[4] switch HASH    version enabled by reason; only where a script says so. Survives epochs
 *
 * Positions are µs of the server's clock, made strictly rising by @pos + 1. They exceed what Lua prints of a number by
 * itself (14 digits), hence `text`.
 */
import type { Script } from '../redis/redis.ts'

const OPEN = `
local head, log, probe = KEYS[1], KEYS[2], KEYS[3]
local replication

local function text(number) return string.format('%.0f', number) end

local function after(position)
  local time = redis.call('TIME')
  return math.max(time[1] * 1000000 + time[2], position + 1)
end

-- ARGV: the epoch and position that the caller has applied, and a fresh epoch in case one must begin.
local function open(seenEpoch, seenApplied, fresh)
  -- A write that changes nothing: a replica and a fenced primary refuse it, a full memory does not.
  redis.call('DEL', probe)
  replication = redis.call('INFO', 'replication')
  local inc = string.match(replication, 'master_replid:(%x+)')
  if not inc then return nil end
  local state = redis.call('HMGET', head, '@epoch', '@inc', '@pos')
  local epoch, pos = state[1], tonumber(state[3] or '0')
  if not epoch or state[2] ~= inc or (seenEpoch == epoch and tonumber(seenApplied) > pos) then
    epoch, pos = fresh, after(pos)
    redis.call('UNLINK', head, log)
    redis.call('HSET', head, '@epoch', epoch, '@inc', inc, '@pos', text(pos), '@floor', '0', '@glob', '0')
  end
  return epoch, pos
end

local epoch, pos = open(ARGV[1], ARGV[2], ARGV[3])
if not epoch then return redis.error_reply('HOLDFAST INFO shows no replication id, so a failover could not be noticed') end
`

/**
 * Appends a record and marks its targets.
 *
 * ARGV[4] kind: mark | all · [5] targets, JSON · [6] id · [7] by · [8] reason · [9] records to keep ·
 *     [10] stamp and [11] epoch at the caller's call · [12] targets to check, JSON
 * Returns {epoch, position, prev, ok}: ok = 1 when nothing to check was marked since the stamp.
 */
export const APPEND: Script = {
  name: 'log.append',
  lua: `${OPEN}
local kind, targets = ARGV[4], cjson.decode(ARGV[5])
local prev, position = pos, after(pos)

local ok = 0
if ARGV[11] == epoch then
  -- Globs are not matched here: any newer one counts.
  local newest = math.max(tonumber(redis.call('HGET', head, '@floor')), tonumber(redis.call('HGET', head, '@glob')))
  for _, target in ipairs(cjson.decode(ARGV[12])) do
    newest = math.max(newest, tonumber(redis.call('HGET', head, target) or '0'))
  end
  if tonumber(ARGV[10]) >= newest then ok = 1 end
end

redis.call('XADD', log, 'MAXLEN', '~', ARGV[9], text(position) .. '-0', 'epoch', epoch, 'prev', text(prev),
  'kind', kind, 'targets', ARGV[5], 'id', ARGV[6], 'by', ARGV[7], 'reason', ARGV[8])
redis.call('HSET', head, '@pos', text(position))
if kind == 'all' then
  redis.call('HSET', head, '@floor', text(position))
else
  for _, target in ipairs(targets) do
    redis.call('HSET', head, target, text(position))
    if string.sub(target, 1, 2) == 'g:' then redis.call('HSET', head, '@glob', text(position)) end
  end
end
return {epoch, text(position), text(prev), ok}
`,
}

/**
 * The heartbeat: proves that the server is the primary of an epoch, and brings the records that the caller lacks.
 *
 * KEYS[4] switch · ARGV[4] how many records to bring at most · [5] 1 to write something that replicas receive: what
 *     they confirmed before proves nothing of now, and a primary that they have left would wait for nothing
 * Returns {epoch, position, records, {version, enabled, by, reason} of the switch, replicas connected}: records = nothing
 * when the epoch is another than the caller's.
 */
export const BEAT: Script = {
  name: 'log.beat',
  lua: `${OPEN}
local records = {}
if ARGV[1] == epoch and tonumber(ARGV[2]) < pos then
  records = redis.call('XRANGE', log, '(' .. ARGV[2] .. '-0', '+', 'COUNT', ARGV[4])
end
if ARGV[5] == '1' then redis.call('HSET', head, '@beat', '1') end
local replicas = string.match(replication, 'connected_slaves:(%d+)')
return {epoch, text(pos), records, redis.call('HMGET', KEYS[4], 'version', 'enabled', 'by', 'reason'), replicas or '0'}
`,
}

/**
 * A page of the head, from the primary of an epoch.
 *
 * ARGV[4] cursor · [5] about how many fields
 * Returns {epoch, next cursor, fields and values}; the cursor means nothing in another epoch than the caller's.
 */
export const SCAN: Script = {
  name: 'log.scan',
  lua: `${OPEN}
local page = redis.call('HSCAN', head, ARGV[4], 'COUNT', ARGV[5])
return {epoch, page[1], page[2]}
`,
}

/**
 * Appends a fold: nothing stamped below the floor is current from now on, and its marks may go.
 *
 * ARGV[4] floor · [5] records to keep
 * Returns 1, or 0 when the floor is as high already or belongs to another epoch.
 */
export const FOLD: Script = {
  name: 'log.fold',
  lua: `${OPEN}
if ARGV[1] ~= epoch or tonumber(ARGV[4]) <= tonumber(redis.call('HGET', head, '@floor')) then return 0 end
local position = after(pos)
redis.call('XADD', log, 'MAXLEN', '~', ARGV[5], text(position) .. '-0', 'epoch', epoch, 'prev', text(pos),
  'kind', 'fold', 'targets', ARGV[4])
redis.call('HSET', head, '@pos', text(position), '@floor', ARGV[4])
return 1
`,
}

/**
 * Removes marks that the floor stands for: some fields of the head, each only if it is still at or below the floor.
 *
 * KEYS[1] head · ARGV fields · returns how many went
 */
export const PRUNE: Script = {
  name: 'log.prune',
  lua: `
local floor = tonumber(redis.call('HGET', KEYS[1], '@floor') or '0')
local gone = 0
for _, field in ipairs(ARGV) do
  local position = redis.call('HGET', KEYS[1], field)
  if position and tonumber(position) <= floor then gone = gone + redis.call('HDEL', KEYS[1], field) end
end
return gone
`,
}

/**
 * Switches caching on or off for the fleet: notes it where it outlives epochs, and tells it by a record.
 *
 * KEYS[4] switch · ARGV[4] enabled, 1 or 0 · [5] by · [6] reason · [7] records to keep ·
 *     [8] '' for a new position, or the version of one that Redis may have lost
 * Returns its version, or '' when what was to be put back is not the youngest.
 */
export const SWITCH: Script = {
  name: 'log.switch',
  lua: `${OPEN}
local known = tonumber(redis.call('HGET', KEYS[4], 'version') or '0')
if ARGV[8] ~= '' and tonumber(ARGV[8]) <= known then return '' end
local position = after(pos)
local version = ARGV[8] ~= '' and ARGV[8] or text(math.max(position, known + 1))
redis.call('HSET', KEYS[4], 'version', version, 'enabled', ARGV[4], 'by', ARGV[5], 'reason', ARGV[6])
redis.call('XADD', log, 'MAXLEN', '~', ARGV[7], text(position) .. '-0', 'epoch', epoch, 'prev', text(pos),
  'kind', 'switch', 'version', version, 'enabled', ARGV[4], 'by', ARGV[5], 'reason', ARGV[6])
redis.call('HSET', head, '@pos', text(position))
return version
`,
}
