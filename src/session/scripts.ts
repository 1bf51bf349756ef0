/**
 * The scripts of sessions. Each touches one bucket, so one slot, and only keys that it declares; each is one step: no
 * interleaving shows a session in Redis that its index does not know, or brings one back that was ended.
 *
 * Moments come from the caller's clock, since a session says itself when it ends; lives are lengths, as Redis counts them.
 */
import type { Script } from '../redis/redis.ts'

const REGISTER = `
-- Adds a session to a ZSET that lives as long as its last member, and drops those that have ended.
local function register(zset, hash, ends, now)
  redis.call('ZREMRANGEBYSCORE', zset, '-inf', now)
  redis.call('ZADD', zset, ends, hash)
  local last = redis.call('ZRANGE', zset, -1, -1, 'WITHSCORES')
  redis.call('PEXPIRE', zset, math.max(1, tonumber(last[2]) - tonumber(now)))
end

-- A login from before the user was logged out everywhere, or from the same moment, does not count, unless it is the session that was spared then.
local function revoked(notBefore, loginAt, hash)
  local mark = redis.call('GET', notBefore)
  if not mark then return false end
  local moment, spared = string.match(mark, '^(%d+):(.*)$')
  return tonumber(loginAt) <= tonumber(moment) and spared ~= hash
end
`

/**
 * Creates a session.
 *
 * KEYS 1 session · 2 registry · of a login also 3 meta · 4 index · 5 not-before
 * ARGV 1 blob · 2 TTL · 3 hash · 4 ends · 5 now · of a login also 6 login at · 7 meta blob · 8 cap, 0 for none
 * Returns {'ok'}, {'revoked'}, {'exists'}, or {'over', hashes}: created, and the user has more than the cap, oldest first
 */
export const CREATE: Script = {
  name: 'session.create',
  lua: `${REGISTER}
local session, registry, meta, index, notBefore = unpack(KEYS)
local blob, ttl, hash, ends, now, loginAt, metaBlob, cap = unpack(ARGV)
if index and revoked(notBefore, loginAt, hash) then return {'revoked'} end
if not redis.call('SET', session, blob, 'PX', ttl, 'NX') then return {'exists'} end
register(registry, hash, ends, now)
if not index then return {'ok'} end
redis.call('SET', meta, metaBlob, 'PX', math.max(1, ends - now))
register(index, hash, ends, now)
if tonumber(cap) > 0 and redis.call('ZCARD', index) > tonumber(cap) then
  return {'over', redis.call('ZRANGE', index, 0, -1)}
end
return {'ok'}
`,
}

/**
 * Writes a session that is still what the caller has read. Never creates one: what is gone stays gone.
 *
 * KEYS 1 session · ARGV 1 first bytes of the blob that was read · 2 blob · 3 TTL
 * Returns 'ok', 'gone' or 'conflict'
 */
export const REWRITE: Script = {
  name: 'session.rewrite',
  lua: `
local header = redis.call('GETRANGE', KEYS[1], 0, string.len(ARGV[1]) - 1)
if header == '' then return 'gone' end
if header ~= ARGV[1] then return 'conflict' end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 'ok'
`,
}

/**
 * Gives a session another token, under the same conditions as REWRITE.
 *
 * KEYS 1 old session · 2 old meta · 3 registry · 4 new session · of a login also 5 new meta · 6 index · 7 not-before
 * ARGV 1 first bytes of the old blob · 2 blob · 3 TTL · 4 old hash · 5 new hash · 6 ends · 7 now · of a login also
 *      8 login at · 9 meta blob
 * Returns 'ok', 'gone', 'conflict' or 'revoked'
 */
export const REPLACE: Script = {
  name: 'session.replace',
  lua: `${REGISTER}
local old, oldMeta, registry, new, meta, index, notBefore = unpack(KEYS)
local header, blob, ttl, oldHash, newHash, ends, now, loginAt, metaBlob = unpack(ARGV)
local found = redis.call('GETRANGE', old, 0, string.len(header) - 1)
if found == '' then return 'gone' end
if found ~= header then return 'conflict' end
if index then
  if revoked(notBefore, loginAt, oldHash) then return 'revoked' end
  local mark = redis.call('GET', notBefore)
  local moment = mark and string.match(mark, '^(%d+):' .. string.gsub(oldHash, '%-', '%%-') .. '$')
  -- Spared under its old name, it is spared under its new one.
  if moment then redis.call('SET', notBefore, moment .. ':' .. newHash, 'PX', math.max(1, redis.call('PTTL', notBefore))) end
  redis.call('ZREM', index, oldHash)
  register(index, newHash, ends, now)
  redis.call('SET', meta, metaBlob, 'PX', math.max(1, ends - now))
end
redis.call('UNLINK', old, oldMeta)
redis.call('ZREM', registry, oldHash)
register(registry, newHash, ends, now)
redis.call('SET', new, blob, 'PX', ttl)
return 'ok'
`,
}

/**
 * Ends sessions of one user, or of nobody.
 *
 * KEYS 1 registry · 2 index, or the registry again · then session and meta of each · ARGV hashes
 * Returns how many there were
 */
export const END: Script = {
  name: 'session.end',
  lua: `
local ended = 0
for at, hash in ipairs(ARGV) do
  ended = ended + redis.call('UNLINK', KEYS[2 * at + 1])
  redis.call('UNLINK', KEYS[2 * at + 2])
  redis.call('ZREM', KEYS[1], hash)
  redis.call('ZREM', KEYS[2], hash)
end
return ended
`,
}

/**
 * Ends the oldest sessions of a user until the cap is kept. Those that idled away do not count.
 *
 * KEYS 1 registry · 2 index · then session and meta of each · ARGV 1 cap · then hashes, oldest first
 * Returns the hashes of those that were ended
 */
export const TRIM: Script = {
  name: 'session.trim',
  lua: `
local function drop(at)
  redis.call('UNLINK', KEYS[2 * at + 1], KEYS[2 * at + 2])
  redis.call('ZREM', KEYS[1], ARGV[at + 1])
  redis.call('ZREM', KEYS[2], ARGV[at + 1])
end
local living = {}
for at = 1, #ARGV - 1 do
  if redis.call('EXISTS', KEYS[2 * at + 1]) == 1 then living[#living + 1] = at else drop(at) end
end
local ended = {}
-- Sessions that began after the caller looked are in the index too, and are younger than all of these.
local excess = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[1])
for _, at in ipairs(living) do
  if #ended >= excess then break end
  drop(at)
  ended[#ended + 1] = ARGV[at + 1]
end
return ended
`,
}

/**
 * The sessions in a ZSET, by their end, soonest first.
 *
 * KEYS 1 zset · ARGV 1 now · 2 how many to skip · 3 how many to return
 */
export const LIST: Script = {
  name: 'session.list',
  lua: `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
return redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[2] + ARGV[3] - 1)
`,
}

/**
 * The same, after making logins from before a moment count no more.
 *
 * KEYS 1 index · 2 not-before · ARGV 1 now · 2 moment and the hash that is spared · 3 how long logins live
 */
export const REVOKE: Script = {
  name: 'session.revoke',
  lua: `
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`,
}

/**
 * How long sessions would live if nobody came, and forgets those that idled away.
 *
 * KEYS 1 zset · then sessions · ARGV hashes
 * Returns a PTTL for each; below zero: gone
 */
export const LIVES: Script = {
  name: 'session.lives',
  lua: `
local lives = {}
for at, hash in ipairs(ARGV) do
  lives[at] = redis.call('PTTL', KEYS[at + 1])
  if lives[at] < 0 then redis.call('ZREM', KEYS[1], hash) end
end
return lives
`,
}
