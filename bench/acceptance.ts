/**
 * What FR-PERF-404 promised, measured on the whole service: two instances on one Redis and one database, asked the same mix
 * with the cache on, switched off, and absent. Exits with 1 when a criterion is missed.
 *
 * The database is the emulator with an injected latency, in a process of its own; the load comes from this process. Latencies
 * are taken open-loop at a stated rate, from when a call was due: 30 % of what the mode at hand can answer, and once more at
 * 30 % of what the service without Holdfast can, for all three alike.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { privateRedis } from 'holdfast/testing'

import { createClient, type Answered, type Client, type LoadResult } from './acceptance/load.ts'
import { bestHits, drawMix, type Population } from './acceptance/mix.ts'
import { readPopulation } from './acceptance/population.ts'
import { startDatabase, startFleet, type Database, type Mode, type Started } from './acceptance/processes.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'

const MODES: readonly Mode[] = ['absent', 'off', 'on']
const LATENCIES_MS = [5, 20] as const
const SEED = 404
const IN_FLIGHT = 32
const CALLS = Number(process.env['ACCEPTANCE_CALLS'] ?? 6000)
const SHARE = 0.3
const DATA = join(import.meta.dirname, '../../shared/data/srd')

interface Quantiles {
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

interface ModeFigures {
  readonly mode: Mode
  readonly saturationPerSecond: number
  /** Commands of the database for a thousand calls of the mix. */
  readonly commandsPerThousand: number
  /** At 30 % of what the service without Holdfast can. */
  readonly alike: Quantiles
  readonly failed: number
  readonly hitRates: Readonly<Record<string, { readonly measured: number; readonly best: number }>>
  /** Reads that the cache answered, at 30 % of the mode's own saturation. */
  readonly hits: Quantiles | undefined
  readonly ownPerSecond: number
  readonly redisBytes: number | undefined
}

const started: { readonly stop: () => Promise<void> }[] = []
const results: { readonly latencyMs: number; readonly modes: readonly ModeFigures[] }[] = []
try {
  for (const latencyMs of LATENCIES_MS) results.push({ latencyMs, modes: await measureAll(latencyMs) })
} finally {
  for (const one of started.toReversed()) await one.stop()
}
const criteria = results.flatMap(({ latencyMs, modes }) => judge(latencyMs, modes))
for (const { holds, text } of criteria) print(`${holds ? 'holds ' : 'MISSED'}  ${text}`)
await keepResult('acceptance', { machine: machineFacts(), calls: CALLS, seed: SEED, results, criteria })
if (criteria.some(({ holds }) => !holds)) process.exitCode = 1

async function measureAll(latencyMs: number): Promise<readonly ModeFigures[]> {
  const database = await startDatabase(0)
  started.push(database)
  await fill(database)
  await database.latency(latencyMs)
  const figures: ModeFigures[] = []
  let alikePerSecond = 0
  for (const mode of MODES) {
    const measured = await measure(mode, database, alikePerSecond)
    if (mode === 'absent') alikePerSecond = measured.saturationPerSecond * SHARE
    figures.push(measured)
    print(lineOf(latencyMs, measured))
  }
  await database.stop()
  return figures
}

/** Documents, versions and feature requests to be asked for. */
async function fill(database: Database): Promise<void> {
  const data = existsSync(DATA) ? { data: DATA } : {}
  const [instance] = await startFleet({ mode: 'absent', instances: 1, redisUrl: '', database, ...data })
  if (!instance) throw new Error('No instance was started')
  await instance.stop()
}

async function measure(mode: Mode, database: Database, givenPerSecond: number): Promise<ModeFigures> {
  const redis = await privateRedis({ args: ['--maxmemory', '128mb', '--maxmemory-policy', 'volatile-ttl'] })
  const fleet = await startFleet({ mode, instances: 2, redisUrl: redis.url, database })
  const client = createClient(fleet)
  try {
    const population = await readPopulation(fleet, database)
    const saturated = await client.closedLoop(drawMix(population, SEED, CALLS), IN_FLIGHT)
    await database.reset()
    const calls = drawMix(population, SEED + 1, CALLS)
    const perSecond = givenPerSecond || saturated.perSecond * SHARE
    const alike = await client.openLoop(calls, perSecond)
    const commands = await database.commands()
    const own = mode === 'on' ? await atOwnRate(client, population, saturated) : undefined
    return {
      mode,
      saturationPerSecond: Math.round(saturated.perSecond),
      commandsPerThousand: Math.round((commands * 1000) / calls.length),
      alike: quantilesOf(alike.answers),
      failed: [saturated, alike].flatMap(({ answers }) => answers).filter(({ status }) => status !== 200).length,
      hitRates: hitRates(alike.answers, bestHits([...drawMix(population, SEED, CALLS), ...calls])),
      hits: own && quantilesOf(own.answers.filter(({ xCache }) => xCache === 'hit')),
      ownPerSecond: Math.round(own?.perSecond ?? 0),
      redisBytes: undefined,
    }
  } finally {
    client.close()
    await Promise.all(fleet.map((one: Started) => one.stop()))
    await redis.stop()
  }
}

function atOwnRate(client: Client, population: Population, { perSecond }: LoadResult): Promise<LoadResult> {
  return client.openLoop(drawMix(population, SEED + 2, CALLS), perSecond * SHARE)
}

function hitRates(
  answers: readonly Answered[],
  best: ReturnType<typeof bestHits>,
): Readonly<Record<string, { readonly measured: number; readonly best: number }>> {
  const types = [...best.keys()].sort()
  return Object.fromEntries(
    types.map((type) => {
      const reads = answers.filter((answer) => answer.type === type)
      const hits = reads.filter(({ xCache }) => xCache === 'hit' || xCache === 'stale')
      const ideal = best.get(type)
      return [type, { measured: hits.length / reads.length, best: ideal ? ideal.hits / ideal.reads : 0 }]
    }),
  )
}

function quantilesOf(answers: readonly Answered[]): Quantiles {
  const sorted = answers.map(({ ms }) => ms).sort((one, other) => one - other)
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  const mean = sorted.reduce((total, ms) => total + ms, 0) / sorted.length
  return { mean: rounded(mean), p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}

function lineOf(latencyMs: number, figures: ModeFigures): string {
  const { mode, saturationPerSecond, commandsPerThousand, alike, hits, failed } = figures
  return [
    `database ${latencyMs} ms, ${mode.padEnd(6)}: ${saturationPerSecond} calls/s at most`,
    `${commandsPerThousand} commands for 1000 calls`,
    `mean ${alike.mean} p50 ${alike.p50} p95 ${alike.p95} p99 ${alike.p99} ms`,
    ...(hits ? [`hits p99 ${hits.p99} ms at ${figures.ownPerSecond}/s`] : []),
    `${failed} failed`,
  ].join(', ')
}

function judge(
  latencyMs: number,
  modes: readonly ModeFigures[],
): readonly { readonly holds: boolean; readonly text: string }[] {
  const of = (mode: Mode): ModeFigures => {
    const found = modes.find((one) => one.mode === mode)
    if (!found) throw new Error(`${mode} was not measured`)
    return found
  }
  const [absent, on] = [of('absent'), of('on')]
  const saved = 1 - on.commandsPerThousand / absent.commandsPerThousand
  const faster = 1 - on.alike.mean / absent.alike.mean
  const at = `with a database of ${latencyMs} ms`
  return [
    { holds: saved >= 0.5, text: `${percent(saved)} fewer commands of the database ${at} (50 % promised)` },
    { holds: faster >= 0.4, text: `${percent(faster)} less response time ${at} (40 % promised)` },
    { holds: (on.hits?.p99 ?? 5) < 5, text: `p99 of a cached read is ${on.hits?.p99} ms ${at} (below 5 ms promised)` },
    { holds: modes.every(({ failed }) => failed === 0), text: `no call failed ${at}` },
    ...Object.entries(on.hitRates).map(([type, { measured, best }]) => ({
      holds: measured > 0.7,
      text: `${percent(measured)} of the reads of ${type} are hits ${at} (70 % promised, ${percent(best)} possible)`,
    })),
  ]
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
