/**
 * L2: encoded entries in Redis, and the leases under which the fleet loads them. It reads and writes; whether an entry may
 * be served is the log's rule, and whether Redis may be asked is the caller's. Every entry and every lease has a life, so
 * that what nobody reads any more, and what a crashed process held, leaves by itself.
 *
 * A lease is `token epoch position`: who loads, and the stamp of that load, so that others can judge whether its value will
 * be worth waiting for (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013; the take-over is ours). In its place
 * may stand `!message`: a load that failed, whose error answers everyone until it is gone.
 */
import { PRINT_RANGE, STAMP_RANGE, type Stamp } from '../codec/header.ts'
import { entryKey, leaseKey, loadsChannel } from '../keys/redis-key.ts'
import type { Redis, Script } from '../redis/redis.ts'

const { start, end, epochFrom, epochTo, positionFrom, positionTo } = STAMP_RANGE

/**
 * Takes the lease of a load, unless another holds it, or the load is done already: the stored entry is another one than the
 * asker has seen. In one script, since a load may end between the asker's lookup and its asking.
 *
 * KEYS[1] lease, [2] entry · ARGV[1] the lease's value, [2] its life in ms, [3] a value that may be taken over, or '',
 *     [4] the print of the entry that was seen, '' for none, or '*' when that is not known
 * Returns {1} when it is ours, {0, its value, ms left} when another holds it, {2, message} when a load failed lately, {3}
 * when there is an entry that was not seen.
 */
const ACQUIRE: Script = {
  name: 'lease.acquire',
  isGathered: true,
  lua: `
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, 1) == '!' then return {2, string.sub(held, 2)} end
if held and held ~= ARGV[3] then return {0, held, redis.call('PTTL', KEYS[1])} end
local stored = redis.call('GETRANGE', KEYS[2], ${PRINT_RANGE.start}, ${PRINT_RANGE.end})
if stored ~= '' and stored ~= ARGV[4] and ARGV[4] ~= '*' then return {3} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1}
`,
}

/** Looks at a lease. KEYS[1] lease · returns {its value or '', ms left} */
const PEEK: Script = {
  name: 'lease.peek',
  lua: `return {redis.call('GET', KEYS[1]) or '', redis.call('PTTL', KEYS[1])}`,
}

/** Keeps a lease alive. KEYS[1] lease · ARGV[1] its value, [2] its life in ms · returns 1 while it is ours */
const RENEW: Script = {
  name: 'lease.renew',
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`,
}

/**
 * Gives a lease back and tells why.
 *
 * KEYS[1] lease · ARGV[1] its value, [2] channel, [3] message, [4] what to leave in its place, or '', [5] for how many ms
 * Returns 1 if it was ours.
 */
const GIVE_BACK: Script = {
  name: 'lease.give-back',
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[4] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) end
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
`,
}

/**
 * Writes an entry, unless the stored one is of the same epoch and a younger load, or the lease it was loaded under is lost.
 *
 * KEYS[1] entry, [2] lease · ARGV[1] the new entry, [2] its life in ms, [3] the lease's value or '' to drop any lease,
 *     [4] channel, [5] message
 * Returns 1 when written, 0 when a younger entry is kept, -1 when the lease was lost.
 * One script, since between a read and a write a younger entry could come.
 */
const FILL: Script = {
  name: 'entry.fill',
  isGathered: true,
  lua: `
local lease = redis.call('GET', KEYS[2])
if ARGV[3] ~= '' and lease ~= ARGV[3] then return -1 end
if lease then redis.call('DEL', KEYS[2]) end
local existing = redis.call('GETRANGE', KEYS[1], ${start}, ${end})
local function epoch(entry) return string.sub(entry, ${epochFrom}, ${epochTo}) end
local function position(entry) return string.sub(entry, ${positionFrom}, ${positionTo}) end
local younger = #existing == ${end + 1} and epoch(existing) == epoch(ARGV[1]) and position(existing) > position(ARGV[1])
if not younger then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
if lease then redis.call('PUBLISH', ARGV[4], ARGV[5]) end
return younger and 0 or 1
`,
}

/** A lease that another process holds. */
export interface HeldLease {
  readonly value: string
  readonly stamp: Stamp
  readonly leftMs: number
}

export type Acquired =
  | { readonly state: 'mine'; readonly value: string }
  | { readonly state: 'held'; readonly lease: HeldLease }
  | { readonly state: 'failed'; readonly message: string }
  /** There is an entry that the asker has not seen: look again. */
  | { readonly state: 'changed' }

/** Asks for the lease of a key's load. */
export interface LeaseRequest {
  readonly key: string
  readonly token: string
  /** What the load will be stamped with. */
  readonly stamp: Stamp
  readonly lifeMs: number
  /** The print of the entry that the asker has seen in Redis; '' for none, '*' when it does not know. */
  readonly seen: string
  /** A lease's value that may be replaced. */
  readonly takeOver?: string
}

/** How a load ended, as those who wait for it in other processes hear it. */
export type LoadEnd =
  | { readonly key: string; readonly outcome: 'filled' }
  | { readonly key: string; readonly outcome: 'failed'; readonly message: string }

export type PeekedLease =
  | { readonly state: 'free' }
  | { readonly state: 'held'; readonly lease: HeldLease }
  | { readonly state: 'failed'; readonly message: string; readonly leftMs: number }

export interface RedisStore {
  get(key: string): Promise<Buffer | null>
  /** With `lease`, writes only while that lease is held; without, whatever lease there is ends. */
  fill(key: string, entry: Buffer, lifeMs: number, lease?: string): Promise<'stored' | 'newer-kept' | 'lease-lost'>
  acquire(request: LeaseRequest): Promise<Acquired>
  /** The lease of a key's load, or what a failed one left in its place; for a person who asks. */
  peekLease(key: string): Promise<PeekedLease>
  renew(key: string, lease: string, lifeMs: number): Promise<boolean>
  /** Ends a lease; the message of a failed load stays in its place for `keepMs`, when that is above 0. */
  giveBack(key: string, lease: string, end: LoadEnd, keepMs: number): Promise<void>
}

export function createRedisStore(redis: Pick<Redis, 'get' | 'run'>, namespace: string): RedisStore {
  const channel = loadsChannel(namespace)
  const lease = (key: string): string => leaseKey(namespace, key)
  return {
    get: (key) => redis.get(entryKey(namespace, key)),
    async fill(key, entry, lifeMs, held = '') {
      const filled: LoadEnd = { key, outcome: 'filled' }
      const args = [entry, Math.max(1, Math.ceil(lifeMs)), held, channel, JSON.stringify(filled)]
      const written = await redis.run(FILL, [entryKey(namespace, key), lease(key)], args)
      return written === 1 ? 'stored' : written === 0 ? 'newer-kept' : 'lease-lost'
    },
    async acquire({ key, token, stamp: { epoch, position }, lifeMs, seen, takeOver = '' }) {
      const value = `${token} ${epoch} ${position}`
      const args = [value, lifeMs, takeOver, seen]
      const reply = await redis.run(ACQUIRE, [lease(key), entryKey(namespace, key)], args)
      const [outcome, held, leftMs] = reply as readonly [number, string, number]
      switch (outcome) {
        case 1:
          return { state: 'mine', value }
        case 2:
          return { state: 'failed', message: held }
        case 3:
          return { state: 'changed' }
        default:
          return { state: 'held', lease: readLease(held, leftMs) }
      }
    },
    async peekLease(key) {
      const [value, leftMs] = (await redis.run(PEEK, [lease(key)], [])) as readonly [string, number]
      if (value === '') return { state: 'free' }
      if (value.startsWith('!')) return { state: 'failed', message: value.slice(1), leftMs }
      return { state: 'held', lease: readLease(value, leftMs) }
    },
    renew: async (key, held, lifeMs) => (await redis.run(RENEW, [lease(key)], [held, lifeMs])) === 1,
    async giveBack(key, held, loadEnd, keepMs) {
      const left = loadEnd.outcome === 'failed' && keepMs > 0 ? `!${loadEnd.message}` : ''
      await redis.run(GIVE_BACK, [lease(key)], [held, channel, JSON.stringify(loadEnd), left, Math.ceil(keepMs)])
    },
  }
}

function readLease(value: string, leftMs: number): HeldLease {
  const [, epoch = '', position = ''] = value.split(' ')
  return { value, stamp: { epoch, position: Number(position) }, leftMs }
}
