/** The same mix with the cache on, switched off and absent, on one database at one latency. */
import { privateRedis } from 'holdfast/testing'

import { askRedis, fieldsOf } from '../../test/support/redis-admin.ts'
import { print } from '../support/result.ts'
import { failuresOf, hitRates, quantilesOf, timesOf, type HitRate, type Quantiles } from './figures.ts'
import { createClient, type Answered } from './load.ts'
import { bestHits, drawMix, readsOfStart, type Population } from './mix.ts'
import { startFleet, type Database, type Mode } from './processes.ts'

export const SEED = 404
export const INSTANCES = 2
/** The part of what can be answered at most at which latencies are taken. */
export const SHARE = 0.3
const MODES: readonly Mode[] = ['absent', 'off', 'on']
const IN_FLIGHT = 32
export const REDIS_LIMIT = '64mb'

export interface ModeFigures {
  readonly saturationPerSecond: number
  readonly commandsPerThousand: number
  /** At the rate that all modes have in common. */
  readonly response: Quantiles
  readonly failed: number
}

/** What is only there with a cache. */
export interface CacheFigures {
  readonly hitRates: Readonly<Record<string, HitRate>>
  /** Reads that the cache answered, at {@link SHARE} of what the mode itself can answer: over HTTP, and in the cache alone. */
  readonly hits: Quantiles
  readonly inCache: Quantiles
  readonly perSecond: number
  readonly peakBytes: number
  readonly limitBytes: number
  readonly evictions: number
}

export interface LatencyFigures {
  readonly latencyMs: number
  /** Of {@link SHARE} of what the service without Holdfast can answer. */
  readonly perSecond: number
  readonly absent: ModeFigures
  readonly off: ModeFigures
  readonly on: ModeFigures
  readonly cache: CacheFigures
}

export interface Measured {
  readonly database: Database
  readonly population: Population
  readonly calls: number
  readonly seconds: number
}

export async function measureModes(latencyMs: number, measured: Measured): Promise<LatencyFigures> {
  await measured.database.latency(latencyMs)
  let perSecond = 0
  const figures: Partial<Record<Mode, ModeFigures>> = {}
  let cache: CacheFigures | undefined
  for (const mode of MODES) {
    const found = await measureMode(mode, measured, perSecond)
    print(lineOf(latencyMs, mode, found.figures))
    if (mode === 'absent') perSecond = found.figures.saturationPerSecond * SHARE
    figures[mode] = found.figures
    cache = found.cache ?? cache
  }
  const { absent, off, on } = figures
  if (!absent || !off || !on || !cache) throw new Error('A mode was not measured')
  return { latencyMs, perSecond: Math.round(perSecond), absent, off, on, cache }
}

function lineOf(
  latencyMs: number,
  mode: Mode,
  { saturationPerSecond, commandsPerThousand, response }: ModeFigures,
): string {
  return `  ${latencyMs} ms, ${mode}: ${saturationPerSecond}/s at most, ${commandsPerThousand} commands for 1000 calls, mean ${response.mean} ms`
}

async function measureMode(
  mode: Mode,
  { database, population, calls, seconds }: Measured,
  givenPerSecond: number,
): Promise<{ readonly figures: ModeFigures; readonly cache: CacheFigures | undefined }> {
  await using redis = await privateRedis({ maxMemory: REDIS_LIMIT })
  const fleet = await startFleet({ mode, instances: INSTANCES, redisUrl: redis.url, database })
  const client = createClient(fleet)
  try {
    const warmUp = drawMix(population, SEED, calls)
    // What a full cache can answer is asked of a full one.
    const warming = await client.closedLoop(mode === 'on' ? warmUp : [], IN_FLIGHT)
    const most = drawMix(population, SEED + 3, calls)
    const saturated = await client.closedLoop(most, IN_FLIGHT, seconds)
    const perSecond = givenPerSecond || saturated.perSecond * SHARE
    const mix = drawMix(population, SEED + 1, Math.ceil(perSecond * seconds))
    await database.reset()
    const alike = await client.openLoop(mix, perSecond)
    const commands = await database.commands()
    const ownPerSecond = saturated.perSecond * SHARE
    const ownCalls = mode === 'on' ? Math.ceil(ownPerSecond * seconds) : 0
    const ownMix = drawMix(population, SEED + 2, ownCalls)
    const own = await client.openLoop(ownMix, ownPerSecond)
    const before = [...readsOfStart(population), ...warmUp, ...most.slice(0, saturated.answers.length), ...mix]
    const answers = [warming, saturated, alike, own].flatMap(({ answers }) => answers)
    return {
      figures: {
        saturationPerSecond: Math.round(saturated.perSecond),
        commandsPerThousand: Math.round((commands * 1000) / mix.length),
        response: quantilesOf(timesOf(alike.answers)),
        failed: failuresOf(answers),
      },
      cache:
        mode === 'on'
          ? {
              hitRates: hitRates(own.answers, bestHits(before, ownMix)),
              ...hitTimes(own.answers),
              perSecond: Math.round(ownPerSecond),
              ...(await memoryOf(redis.port)),
            }
          : undefined,
    }
  } finally {
    client.close()
    await Promise.all(fleet.map((one) => one.stop()))
  }
}

function hitTimes(answers: readonly Answered[]): Pick<CacheFigures, 'hits' | 'inCache'> {
  const hits = answers.filter(({ xCache }) => xCache === 'hit')
  return { hits: quantilesOf(timesOf(hits)), inCache: quantilesOf(hits.flatMap(({ cacheMs }) => cacheMs ?? [])) }
}

async function memoryOf(port: number): Promise<Pick<CacheFigures, 'peakBytes' | 'limitBytes' | 'evictions'>> {
  const fields = fieldsOf(String(await askRedis(port, 'INFO')))
  const number = (name: string): number => Number(fields.get(name))
  return { peakBytes: number('used_memory_peak'), limitBytes: number('maxmemory'), evictions: number('evicted_keys') }
}
