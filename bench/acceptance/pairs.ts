/**
 * What a cache costs that is switched off: a service with one and a service without Holdfast, side by side on one database,
 * asked the same reads in turns, few at a time. What disturbs the machine disturbs both rounds of a pair, and cancels out.
 */
import { privateRedis } from 'holdfast/testing'

import { pairedRatio, type Estimate } from '../support/statistics.ts'
import { failuresOf, geometricMean, mean, timesOf } from './figures.ts'
import { createClient, type Client } from './load.ts'
import { drawMix, randomOf, type Call, type Population } from './mix.ts'
import { startFleet, type Database } from './processes.ts'

export interface PairFigures {
  readonly pairs: number
  readonly callsOfRound: number
  /**
   * The geometric mean of the response times when off, over that when absent: each call weighs alike. In the arithmetic mean
   * a walk through all documents weighs as much as fifty other calls, and its noise hides what a call costs.
   */
  readonly ratio: Estimate
  /** The same of the arithmetic means. */
  readonly ofMeans: Estimate
  readonly failed: number
}

export interface PairOptions {
  readonly database: Database
  readonly population: Population
  readonly latencyMs: number
  readonly pairs: number
  readonly callsOfRound: number
}

// Few enough that nobody queues for a core.
const IN_FLIGHT = 4
const UNRECORDED = 3
/** The two are asked the same few calls one right after the other: what disturbs a second of a round disturbs both. */
const CALLS_OF_SLICE = 8
const SEED = 30

export async function measurePairs(options: PairOptions): Promise<PairFigures> {
  const { database, population, pairs, callsOfRound } = options
  await database.latency(options.latencyMs)
  await using redis = await privateRedis()
  const fleetOf = (mode: 'off' | 'absent') => startFleet({ mode, instances: 1, redisUrl: redis.url, database })
  const fleets = [...(await fleetOf('off')), ...(await fleetOf('absent'))]
  const clients = fleets.map((one) => createClient([one]))
  const times: [off: (readonly number[])[], absent: (readonly number[])[]] = [[], []]
  const random = randomOf(SEED)
  let failed = 0
  try {
    const [off, absent] = clients
    if (!off || !absent) throw new Error('A service was not started')
    for (let pair = -UNRECORDED; pair < pairs; pair += 1) {
      const calls = drawMix(population, SEED + pair, callsOfRound * 2)
        .filter(({ method }) => method === 'GET')
        .slice(0, callsOfRound)
      const [offs, absents]: [number[], number[]] = [[], []]
      const ask = async (client: Client, slice: readonly Call[], times: number[]): Promise<void> => {
        const { answers } = await client.closedLoop(slice, IN_FLIGHT)
        failed += failuresOf(answers)
        times.push(...timesOf(answers))
      }
      for (let from = 0; from < calls.length; from += CALLS_OF_SLICE) {
        const slice = calls.slice(from, from + CALLS_OF_SLICE)
        // By lot: whoever is always second finds the other's garbage.
        const isOffFirst = random() < 0.5
        if (isOffFirst) await ask(off, slice, offs)
        await ask(absent, slice, absents)
        if (!isOffFirst) await ask(off, slice, offs)
      }
      if (pair < 0) continue
      times[0].push(offs)
      times[1].push(absents)
    }
  } finally {
    for (const client of clients) client.close()
    await Promise.all(fleets.map((one) => one.stop()))
  }
  const ratioBy = (summary: (times: readonly number[]) => number): Estimate =>
    pairedRatio(times[0].map(summary), times[1].map(summary))
  return { pairs, callsOfRound, ratio: ratioBy(geometricMean), ofMeans: ratioBy(mean), failed }
}
