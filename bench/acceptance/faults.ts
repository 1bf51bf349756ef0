/** The mix at a steady rate while something dies: Redis, an instance, the primary of three servers with sentinels. */
import { setTimeout as sleep } from 'node:timers/promises'

import { privateRedis } from 'holdfast/testing'

import { startSentinelTopology } from '../../test/support/redis-sentinel.ts'
import { failuresOf, quantilesOf, timesOf, type Quantiles } from './figures.ts'
import { createClient, type Answered } from './load.ts'
import { drawMix } from './mix.ts'
import { INSTANCES, REDIS_LIMIT, SEED, type Measured } from './modes.ts'
import { startFleet, type Started } from './processes.ts'

export interface FaultFigures {
  readonly what: string
  /** Whether every call can be answered by whoever got it; not so of those that were with a process when it died. */
  readonly isAnyones: boolean
  readonly perSecond: number
  readonly calls: number
  readonly reads: number
  readonly failedReads: number
  readonly failedWrites: number
  /** Sent again to the other instance, since the connection broke. */
  readonly resent: number
  readonly response: Quantiles
  /** From the fault to the end of it, or of the run. */
  readonly during: Quantiles
  /** The part of the reads that the cache was asked for and did not answer or fill, such as while its breaker is open. */
  readonly bypassed: number
}

export interface FaultOptions extends Pick<Measured, 'database' | 'population'> {
  readonly perSecond: number
  readonly seconds: number
  readonly latencyMs: number
}

interface Fault {
  readonly what: string
  readonly isAnyones: boolean
  readonly redisUrl: string
  /** Strikes after a third of the run. */
  readonly strike: (fleet: readonly Started[]) => Promise<void>
  /** Ends the fault after two thirds; undefined where nobody does. */
  readonly mend?: () => Promise<void>
}

export async function measureFaults(options: FaultOptions): Promise<readonly FaultFigures[]> {
  await options.database.latency(options.latencyMs)
  const figures: FaultFigures[] = []
  for (const measure of [redisKilled, instanceKilled, failover]) figures.push(await measure(options))
  return figures
}

async function redisKilled(options: FaultOptions): Promise<FaultFigures> {
  await using redis = await privateRedis({ maxMemory: REDIS_LIMIT })
  // Awaited here: what it uses is stopped when this returns.
  return await underFault(options, {
    what: 'Redis killed, and back after a third of the run',
    isAnyones: true,
    redisUrl: redis.url,
    strike: async () => redis.signal('SIGKILL'),
    mend: () => redis.restart(),
  })
}

async function instanceKilled(options: FaultOptions): Promise<FaultFigures> {
  await using redis = await privateRedis({ maxMemory: REDIS_LIMIT })
  return await underFault(options, {
    what: 'one of two instances killed',
    isAnyones: false,
    redisUrl: redis.url,
    strike: async ([first]) => first?.stop('SIGKILL'),
  })
}

async function failover(options: FaultOptions): Promise<FaultFigures> {
  await using topology = await startSentinelTopology({ args: ['--maxmemory', REDIS_LIMIT] })
  const primary = await topology.primary()
  return await underFault(options, {
    what: 'the primary killed, a replica promoted by sentinels',
    isAnyones: true,
    redisUrl: topology.url,
    strike: async () => primary.signal('SIGKILL'),
    mend: async () => void (await topology.promoted(primary)),
  })
}

async function underFault(
  options: FaultOptions,
  { what, isAnyones, redisUrl, strike, mend }: Fault,
): Promise<FaultFigures> {
  const { database, population, perSecond, seconds } = options
  const fleet = await startFleet({ mode: 'on', instances: INSTANCES, redisUrl, database })
  const client = createClient(fleet, { resends: true })
  try {
    const calls = Math.ceil(perSecond * seconds)
    await client.closedLoop(drawMix(population, SEED, calls), INSTANCES)
    const thirdMs = (seconds * 1000) / 3
    const load = client.openLoop(drawMix(population, SEED + 1, calls), perSecond)
    await sleep(thirdMs)
    await strike(fleet)
    await sleep(thirdMs)
    await mend?.()
    const { answers } = await load
    return {
      what,
      isAnyones,
      perSecond: Math.round(perSecond),
      ...figuresOf(answers, thirdMs, mend ? 2 * thirdMs : Infinity),
    }
  } finally {
    client.close()
    await Promise.all(fleet.map((one) => one.stop()))
  }
}

function figuresOf(
  answers: readonly Answered[],
  fromMs: number,
  toMs: number,
): Omit<FaultFigures, 'what' | 'isAnyones' | 'perSecond'> {
  const reads = answers.filter(({ method }) => method === 'GET')
  const failedReads = failuresOf(reads)
  const during = answers.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs)
  return {
    calls: answers.length,
    reads: reads.length,
    failedReads,
    failedWrites: failuresOf(answers) - failedReads,
    resent: answers.filter(({ isResent }) => isResent).length,
    response: quantilesOf(timesOf(answers)),
    during: quantilesOf(timesOf(during)),
    bypassed: reads.filter(({ xCache }) => xCache === 'bypass').length / reads.length,
  }
}
