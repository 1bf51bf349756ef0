/**
 * What collecting costs: reads with and without the collector, in turns of short rounds within one run. Hits in L1 are
 * compared by the time of one hit, hits in Redis by the reads per second of a closed loop. Prints both, writes
 * results/metrics.json, and exits with 1 when collecting costs more than 15 % of an L1 hit or 2 % of an L2 hit.
 */
import { setImmediate as turn } from 'node:timers/promises'

import { createCache, createMetrics, createRedis, type Cache } from 'holdfast'
import { privateRedis } from 'holdfast/testing'

import { takeTurns } from './support/closed-loop.ts'
import { machineFacts } from './support/machine.ts'
import { keepResult, print } from './support/result.ts'
import { pairedRatio, type Estimate } from './support/statistics.ts'

const FAMILIES = ['requirements', 'features', 'sources', 'users']
const KEYS = Array.from({ length: 400 }, (_, index) => `${FAMILIES[index % FAMILIES.length] ?? ''}:${index}`)
const L1_ROUNDS = 120
const READS_A_ROUND = 20_000

const machine = machineFacts()
const server = await privateRedis()
const redis = createRedis({ url: server.url })
await redis.ready()

const made: Cache[] = []
const cacheWith = async (collects: boolean, options: { readonly l1: boolean }): Promise<Cache> => {
  const namespace = `bench-${made.length}`
  const cache = createCache({ redis, namespace, ...(!options.l1 && { maxBytes: 1 }) })
  made.push(cache)
  if (collects) createMetrics({ cache, redis, families: FAMILIES })
  for (const key of KEYS) await cache.set(key, { key, text: 'x'.repeat(900) }, { ttl: '1h' })
  return cache
}

const load = (): never => {
  throw new Error('every read of this benchmark is a hit')
}
const secondsOf = async (cache: Cache): Promise<number> => {
  const began = performance.now()
  for (let read = 0; read < READS_A_ROUND; read += 1) await cache.getOrSet(KEYS[read % KEYS.length] ?? '', load)
  return (performance.now() - began) / 1000
}

const near = { off: await cacheWith(false, { l1: true }), on: await cacheWith(true, { l1: true }) }
const l1: { readonly off: number[]; readonly on: number[] } = { off: [], on: [] }
for (let round = -20; round < L1_ROUNDS; round += 1) {
  const order = Math.random() < 0.5 ? (['off', 'on'] as const) : (['on', 'off'] as const)
  for (const name of order) {
    // A round is one turn of the event loop: heartbeats need one of their own.
    await turn()
    const seconds = await secondsOf(near[name])
    if (round >= 0) l1[name].push(seconds)
  }
}

const far = { off: await cacheWith(false, { l1: false }), on: await cacheWith(true, { l1: false }) }
const l2 = await takeTurns(
  (['off', 'on'] as const).map((name) => ({ name, get: (key: string) => far[name].getOrSet(key, load) })),
  { inFlight: 100, keys: KEYS, rounds: 120, roundMs: 100 },
)

const l1Cost = pairedRatio(l1.on, l1.off)
const l2Cost = pairedRatio(l2.off, l2.on)
const nsPerHit = (l1.off.reduce((sum, seconds) => sum + seconds, 0) / l1.off.length / READS_A_ROUND) * 1e9
const tiers = { l2: far.on.stats().hits }
print(`an L1 hit takes ${nsPerHit.toFixed(0)} ns without a collector`)
const held = [
  verdict('collecting costs at most 15 % of an L1 hit', l1Cost, 1.15),
  verdict('collecting costs at most 2 % of an L2 hit', l2Cost, 1.02),
].every(Boolean)
await keepResult('metrics', { machine, nsPerHit, l1Cost, l2Cost, tiers, held })
for (const cache of made) await cache.close()
await redis.close()
await server.stop()
process.exitCode = held ? 0 : 1

/** Held where the median is within the limit: the interval is printed beside it. */
function verdict(what: string, { median, low, high }: Estimate, limit: number): boolean {
  const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`
  print(`${median <= limit ? 'held  ' : 'MISSED'}  ${what}: ${percent(median)} (${percent(low)} to ${percent(high)})`)
  return median <= limit
}
