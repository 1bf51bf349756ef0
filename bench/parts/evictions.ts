/** The memory store under each eviction, on the same requests: how many it answers, and what a request costs. */
import type { Eviction } from '../../src/store/eviction.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory-store.ts'
import { createS3Fifo } from '../../src/store/s3-fifo.ts'
import { median } from '../support/statistics.ts'
import { createLru } from './lru.ts'
import { createSieve } from './sieve.ts'
import { traces, type Trace } from './traces.ts'

const POLICIES: Readonly<Record<string, (capacity: number) => Eviction>> = {
  SIEVE: createSieve,
  LRU: createLru,
  'S3-FIFO': createS3Fifo,
}
const ROUNDS = 3

export interface EvictionCell {
  readonly trace: string
  readonly capacity: number
  readonly policy: string
  readonly hitRatio: number
  readonly nsPerRequest: number
  /** Of a read that hits, in a store of which every key is asked for. */
  readonly nsPerHit: number
}

/** Every policy on every trace, in turns. */
export function measureEvictions(capacity: number): readonly EvictionCell[] {
  const keys = new Map<number, string>()
  const keyOf = (request: number): string => {
    const known = keys.get(request)
    if (known !== undefined) return known
    const key = `features:${request}`
    keys.set(request, key)
    return key
  }
  return traces(capacity).flatMap((trace) => {
    const requests = Array.from(trace.requests, keyOf)
    return measureTrace(trace, requests, capacity)
  })
}

function measureTrace(trace: Trace, requests: readonly string[], capacity: number): readonly EvictionCell[] {
  const rounds = Object.keys(POLICIES).map((policy) => ({ policy, hits: 0, ns: [] as number[], hitNs: [] as number[] }))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const cell of rounds) {
      const store = createMemoryStore<number>({
        maxEntries: capacity,
        maxBytes: Number.MAX_SAFE_INTEGER,
        eviction: (POLICIES[cell.policy] ?? createSieve)(capacity),
      })
      const began = performance.now()
      cell.hits = replay(store, requests)
      cell.ns.push(((performance.now() - began) * 1e6) / requests.length)
      cell.hitNs.push(hitCost(store, requests))
    }
  }
  return rounds.map(({ policy, hits, ns, hitNs }) => ({
    trace: trace.name,
    capacity,
    policy,
    hitRatio: hits / requests.length,
    nsPerRequest: median(ns),
    nsPerHit: median(hitNs),
  }))
}

function replay(store: MemoryStore<number>, requests: readonly string[]): number {
  let hits = 0
  for (const key of requests) {
    if (store.get(key) === undefined) store.set(key, 1, 100)
    else hits += 1
  }
  return hits
}

function hitCost(store: MemoryStore<number>, requests: readonly string[]): number {
  const kept = requests.slice(-50_000).filter((key) => store.get(key) !== undefined)
  if (kept.length === 0) return Number.NaN
  const began = performance.now()
  for (let time = 0; time < 10; time += 1) for (const key of kept) store.get(key)
  return ((performance.now() - began) * 1e6) / (kept.length * 10)
}
