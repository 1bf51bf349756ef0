/** What the doctor looks at, gathered once. Whatever Redis or the rights of its user keep back is undefined. */
import type { Clock } from '../../base/clock.ts'
import { StoreError } from '../../base/errors.ts'
import type { Cache } from '../../cache/cache.ts'
import { entryKey, environmentKey } from '../../keys/redis-key.ts'
import type { BoundState } from '../../redis/fence.ts'
import type { Redis, RedisCommands, Reply, Script } from '../../redis/redis.ts'
import type { SlowCommand } from '../../redis/server-view.ts'
import type { Sessions } from '../../session/sessions.ts'
import { matcherOf } from '../keys/matcher.ts'
import { factsOf } from '../keys/facts.ts'
import { walk } from '../keys/scan.ts'

export interface DoctorDeps {
  readonly cache: Pick<Cache, 'namespace' | 'operations' | 'health' | 'enabled'>
  readonly redis: Redis | null
  readonly sessions?: Pick<Sessions, 'diagnose'> | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** The label of the deployment's environment. */
  readonly environment: string
  readonly clock: Clock
}

/** What a sample of the entries looks like. */
export interface Sample {
  readonly entries: number
  readonly withoutTtl: number
  readonly unreadable: number
  /** Above 1 MiB. */
  readonly big: readonly string[]
}

export interface DoctorFacts {
  readonly deps: DoctorDeps
  /** Why Redis could not be asked; undefined when it could. */
  readonly unreachable: string | undefined
  readonly info: ReadonlyMap<string, string> | undefined
  readonly settings: ReadonlyMap<string, string> | undefined
  readonly slow: readonly SlowCommand[] | undefined
  /** Round trips, the shortest first. */
  readonly tripsMs: readonly number[]
  readonly skewMs: number | undefined
  readonly fence: BoundState | undefined
  readonly sample: Sample | undefined
  /** Commands that this user may send and should not. Undefined: the server cannot say. */
  readonly dangerous: readonly string[] | undefined
  /** The environment that the namespace is marked with. */
  readonly owner: string | undefined
}

const TRIPS = 50
const SAMPLE_MS = 200
const SAMPLE_KEYS = 400
const BIG_BYTES = 1024 * 1024
const DANGEROUS = ['keys', 'flushall', 'flushdb', 'shutdown', 'config|set'] as const

/** Whether the user may send each command, without sending it. KEYS[1] any key · ARGV commands · returns 1 or 0 for each */
const MAY: Script = {
  name: 'doctor.may',
  lua: `
if not redis.acl_check_cmd then return {} end
local answers = {}
for at = 1, #ARGV do
  local words = {}
  for word in string.gmatch(ARGV[at], '[^|]+') do words[#words + 1] = word end
  if words[1] == 'keys' then words[2] = '*' end
  if words[1] == 'config' then words[3], words[4] = 'maxmemory', '0' end
  local ok, may = pcall(redis.acl_check_cmd, unpack(words))
  answers[at] = (ok and may) and 1 or 0
end
return answers
`,
}

/** Marks the namespace as this environment's unless it is another's. KEYS[1] mark · ARGV[1] label · returns whose it is */
const OWN: Script = {
  name: 'doctor.own',
  lua: `
local owner = redis.call('GET', KEYS[1])
if owner then return owner end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
`,
}

/** KEYS[1] entry · returns its life in ms; -1 when it has none */
const LIFE: Script = { name: 'doctor.life', lua: `return redis.call('PTTL', KEYS[1])` }

export async function gather(deps: DoctorDeps): Promise<DoctorFacts> {
  const { redis, cache, environment } = deps
  const nothing: DoctorFacts = {
    deps,
    unreachable: undefined,
    info: undefined,
    settings: undefined,
    slow: undefined,
    tripsMs: [],
    skewMs: undefined,
    fence: undefined,
    sample: undefined,
    dangerous: undefined,
    owner: undefined,
  }
  if (!redis) return nothing
  try {
    await redis.ready()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { ...nothing, unreachable: error.message }
  }
  const [info, settings, slow, fence, owner, dangerous] = await Promise.all([
    tried(redis.server.info()),
    tried(redis.server.settings('*')),
    tried(redis.server.slowCommands(100)),
    tried(redis.fence()),
    tried(redis.run(OWN, [environmentKey(cache.namespace)], [environment])),
    tried(redis.run(MAY, [environmentKey(cache.namespace)], [...DANGEROUS])),
  ])
  // One after the other and last, so that they measure the way and not each other.
  const tripsMs = await roundTrips(redis, deps)
  const skewMs = await skew(redis, deps.clock)
  const sample = await tried(sampled(redis, deps))
  return {
    ...nothing,
    info,
    settings,
    slow,
    fence,
    sample,
    tripsMs,
    skewMs,
    owner: owner === undefined ? undefined : String(owner),
    dangerous: readDangerous(dangerous),
  }
}

function readDangerous(reply: Reply | undefined): readonly string[] | undefined {
  if (!Array.isArray(reply) || reply.length === 0) return undefined
  return DANGEROUS.filter((_command, at) => reply[at] === 1)
}

/** Undefined where Redis would not, or no longer, answer. */
async function tried<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return undefined
  }
}

async function roundTrips(redis: Pick<RedisCommands, 'get'>, { cache, clock }: DoctorDeps): Promise<readonly number[]> {
  const trips: number[] = []
  for (let trip = 0; trip < TRIPS; trip += 1) {
    const beganMs = clock.monoMs()
    if ((await tried(redis.get(environmentKey(cache.namespace)))) === undefined) break
    trips.push(clock.monoMs() - beganMs)
  }
  return trips.sort((left, right) => left - right)
}

async function skew(redis: Redis, clock: Clock): Promise<number | undefined> {
  const beforeMs = clock.wallMs()
  const timeMs = await tried(redis.server.timeMs())
  // The server's moment lies between the question and the answer; the middle is off by half of the way at most.
  return timeMs === undefined ? undefined : timeMs - (beforeMs + clock.wallMs()) / 2
}

async function sampled(redis: Redis, { cache, clock }: DoctorDeps): Promise<Sample> {
  const { namespace, operations } = cache
  const keys: string[] = []
  for await (const step of walk({ redis, clock, namespace }, matcherOf(namespace, '*'), undefined, SAMPLE_MS)) {
    keys.push(...step.keys)
    if (keys.length >= SAMPLE_KEYS) break
  }
  const facts = await factsOf(redis, namespace, keys.slice(0, SAMPLE_KEYS))
  const lives = await Promise.all(facts.map(({ key }) => redis.run(LIFE, [entryKey(namespace, key)], [])))
  return {
    entries: facts.length,
    withoutTtl: lives.filter((life) => life === -1).length,
    unreadable: facts.filter(
      ({ key, bytes, header }) => bytes > 0 && operations.survey(key, header).state === 'unreadable',
    ).length,
    big: facts.filter(({ bytes }) => bytes > BIG_BYTES).map(({ key }) => key),
  }
}
