import type { Told } from './start-child.ts'

/** A workload that all its contenders do in turns, and what our figure is held against. */
export interface Comparison {
  readonly title: string
  readonly workload: Told['workload'] | 'http'
  readonly options: Readonly<Record<'bytes' | 'inFlight', number>>
  readonly contenders: readonly string[]
  readonly criteria: readonly Criterion[]
  /** Whether it is in the quick run. */
  readonly quick: boolean
}

export interface Criterion {
  readonly ours: string
  readonly theirs: string
  readonly floor: number
  readonly aim: number
}

const memory: Comparison = {
  title: 'Hit in L1, 1 KB',
  workload: 'memoryHit',
  options: { bytes: 1000, inFlight: 1 },
  contenders: [
    'holdfast L1',
    'layered-loader L1',
    'lru-cache fetch',
    'async-cache-dedupe L1',
    'bentocache L1',
    'cacheable L1',
    'map',
  ],
  criteria: [
    { ours: 'holdfast L1', theirs: 'layered-loader L1', floor: 0.75, aim: 1 },
    { ours: 'holdfast L1', theirs: 'bentocache L1', floor: 20, aim: 20 },
  ],
  quick: true,
}

const PEERS = ['bentocache', 'layered-loader', 'async-cache-dedupe', 'cache-manager']

const hits = [
  { bytes: 200, name: '200 B' },
  { bytes: 1000, name: '1 KB' },
  { bytes: 10_000, name: '10 KB' },
  { bytes: 100_000, name: '100 KB' },
].flatMap(({ bytes, name }) =>
  [1, 10, 100, 1000].map((inFlight): Comparison => {
    const isHeld = bytes === 1000 && (inFlight === 1 || inFlight === 100)
    const bare =
      inFlight === 1 ? { theirs: 'ioredis', floor: 0.9, aim: 1 } : { theirs: 'node-redis', floor: 1.2, aim: 1.8 }
    return {
      title: `Hit in Redis, ${name}, ${inFlight} in flight`,
      workload: 'hit',
      options: { bytes, inFlight },
      contenders: ['holdfast', 'ioredis', 'node-redis', 'raw socket', ...(isHeld ? PEERS : [])],
      criteria: isHeld ? [{ ours: 'holdfast', ...bare }] : [],
      quick: isHeld,
    }
  }),
)

const variants: Comparison = {
  title: 'With 2 tags, and strict, beside plain: hit in Redis, 1 KB, 100 in flight',
  workload: 'hit',
  options: { bytes: 1000, inFlight: 100 },
  contenders: ['holdfast', 'holdfast, 2 tags', 'holdfast, strict'],
  criteria: [
    { ours: 'holdfast, 2 tags', theirs: 'holdfast', floor: 0.9, aim: 1 },
    { ours: 'holdfast, strict', theirs: 'holdfast', floor: 0.7, aim: 0.9 },
  ],
  quick: true,
}

const misses: Comparison = {
  title: 'Miss, load and store, 1 KB, 100 in flight',
  workload: 'miss',
  options: { bytes: 1000, inFlight: 100 },
  contenders: ['holdfast', 'ioredis', 'node-redis', 'raw socket', ...PEERS],
  criteria: [{ ours: 'holdfast', theirs: 'node-redis', floor: 0.8, aim: 1.2 }],
  quick: true,
}

const http: Comparison = {
  title: 'HTTP endpoint from Redis, 10 KB, 50 connections',
  workload: 'http',
  options: { bytes: 10_000, inFlight: 50 },
  contenders: ['holdfast, pass-through', 'holdfast', 'node-redis', 'bentocache', 'layered-loader', 'cache-manager'],
  // What node-redis reads is parsed and serialised, as by whoever handles objects.
  criteria: [{ ours: 'holdfast, pass-through', theirs: 'node-redis', floor: 2.5, aim: 3.5 }],
  quick: true,
}

const many: Comparison = {
  title: 'Keys read 50 at a time from Redis, 1 KB, 10 calls in flight',
  workload: 'many',
  options: { bytes: 1000, inFlight: 10 },
  contenders: ['holdfast', 'ioredis', 'node-redis'],
  criteria: [],
  quick: false,
}

const mixed: Comparison = {
  title: '95 reads and 5 invalidations over 1 000 000 keys by Zipf, 1 KB, 100 in flight',
  workload: 'mixed',
  options: { bytes: 1000, inFlight: 100 },
  contenders: ['holdfast L1', 'holdfast', 'ioredis', 'node-redis', ...PEERS],
  criteria: [],
  quick: false,
}

export const comparisons: readonly Comparison[] = [memory, ...hits, variants, misses, http, many, mixed]

/** Processes that all ask for one missing key at once; how often it is loaded is the figure. */
export const stampedes = [1, 4].flatMap((processes) =>
  ['holdfast', 'bentocache', 'layered-loader', 'async-cache-dedupe'].map((name) => ({ name, processes })),
)

/** Who is read from while Redis is gone. */
export const outages: readonly string[] = ['holdfast L1', 'holdfast', 'ioredis', 'node-redis', ...PEERS]
